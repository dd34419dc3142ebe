// Memory for large tables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace nacomp::mixing {

// Zeroed memory, aligned to a cache line; in huge pages where the system has them.
template <typename T>
class Memory {
   public:
    explicit Memory(size_t count) : size_(count) {
        const size_t bytes = count * sizeof(T);
        const size_t align = bytes >= kHuge ? kHuge : kLine;
        raw_.reset(static_cast<unsigned char*>(std::calloc(bytes + align, 1)));
        if (!raw_) throw std::bad_alloc();
        const size_t over = reinterpret_cast<uintptr_t>(raw_.get()) % align;
        data_ = reinterpret_cast<T*>(raw_.get() + (over ? align - over : 0));
#if defined(__linux__)
        if (bytes >= kHuge) madvise(data_, bytes / kHuge * kHuge, MADV_HUGEPAGE);
#endif
    }
    T* data() { return data_; }
    size_t size() const { return size_; }
    T& operator[](size_t i) { return data_[i]; }
    const T& operator[](size_t i) const { return data_[i]; }

   private:
    static constexpr size_t kLine = 64, kHuge = size_t{1} << 21;
    struct Free {
        void operator()(unsigned char* p) const { std::free(p); }
    };
    std::unique_ptr<unsigned char, Free> raw_;
    T* data_;
    size_t size_;
};

}  // namespace nacomp::mixing
