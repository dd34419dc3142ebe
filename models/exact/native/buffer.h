// Zeroed memory on a cache-line boundary, in huge pages where the system offers them: a model's weights are read
// from end to end for every token, and 4 KiB pages would spend a good part of that on address translation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif
#if defined(_WIN32)
#include <malloc.h>
#endif

namespace nacomp::exact {

template <class T>
class Buffer {
public:
    Buffer() = default;
    explicit Buffer(size_t count) : count_(count) {
        if (count == 0) return;
        size_t bytes = (count * sizeof(T) + kPadding + kLine - 1) / kLine * kLine;
        data_ = static_cast<T*>(allocate(bytes));
        if (!data_) throw std::bad_alloc();
        memset(static_cast<void*>(data_), 0, bytes);
    }
    Buffer(Buffer&& other) noexcept : data_(other.data_), count_(other.count_) {
        other.data_ = nullptr;
        other.count_ = 0;
    }
    Buffer& operator=(Buffer&& other) noexcept {
        T* data = data_;
        size_t count = count_;
        data_ = other.data_;
        count_ = other.count_;
        other.data_ = data;
        other.count_ = count;
        return *this;
    }
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    ~Buffer() { release(data_); }

    T* data() { return data_; }
    const T* data() const { return data_; }
    T& operator[](size_t i) { return data_[i]; }
    const T& operator[](size_t i) const { return data_[i]; }
    size_t size() const { return count_; }
    size_t bytes() const { return count_ * sizeof(T); }

private:
    static constexpr size_t kLine = 64;
    // Vector code may read or write up to one register past the last element.
    static constexpr size_t kPadding = 64;
    static constexpr size_t kHugePage = size_t{1} << 21;

#if defined(_WIN32)
    static void* allocate(size_t bytes) { return _aligned_malloc(bytes, kLine); }
    static void release(void* p) { _aligned_free(p); }
#else
    static void* allocate(size_t bytes) {
        void* p = nullptr;
        if (posix_memalign(&p, bytes >= kHugePage ? kHugePage : kLine, bytes) != 0) return nullptr;
#if defined(__linux__) && defined(MADV_HUGEPAGE)
        if (bytes >= kHugePage) madvise(p, bytes, MADV_HUGEPAGE);
#endif
        return p;
    }
    static void release(void* p) { free(p); }
#endif

    T* data_ = nullptr;
    size_t count_ = 0;
};

}  // namespace nacomp::exact
