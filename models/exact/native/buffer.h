// Zeroed memory on a cache-line boundary, in huge pages where the system offers them: a model's weights are read
// from end to end for every token, and 4 KiB pages would spend a good part of that on address translation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

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
    explicit Buffer(size_t count) : count_(count), bytes_((count * sizeof(T) + kPadding + kLine - 1) / kLine * kLine) {
        if (count == 0) return;
        data_ = static_cast<T*>(allocate(bytes_));
        if (!data_) throw std::bad_alloc();
    }
    Buffer(Buffer&& other) noexcept { swap(other); }
    Buffer& operator=(Buffer&& other) noexcept {
        swap(other);
        return *this;
    }
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    ~Buffer() {
        if (data_) release(data_, bytes_);
    }

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
    static constexpr size_t kPage = 65536;  // the largest of any Linux

    void swap(Buffer& other) {
        std::swap(data_, other.data_);
        std::swap(count_, other.count_);
        std::swap(bytes_, other.bytes_);
    }

#if defined(__linux__)
    // Large buffers come from the system, which zeroes a page when it is first touched: a cache that is sized for the
    // window takes memory only as its streams grow, and room for 256 rows costs nothing where a decoder has 8.
    static void* allocate(size_t bytes) {
        if (bytes < kPage) return small(bytes);
        if (bytes < kHugePage) return mapped(whole_pages(bytes));
        // Rounded before the room for the alignment is added: otherwise the end could lie behind the mapping, and `release`
        // would take pages of whatever came next.
        size_t end = whole_pages(bytes), all = end + kHugePage;
        void* p = mapped(all);
        if (!p) return nullptr;
        uintptr_t start = reinterpret_cast<uintptr_t>(p);
        uintptr_t aligned = (start + kHugePage - 1) / kHugePage * kHugePage;
        if (aligned > start) munmap(p, aligned - start);
        if (start + all > aligned + end) munmap(reinterpret_cast<void*>(aligned + end), start + all - aligned - end);
        madvise(reinterpret_cast<void*>(aligned), bytes, MADV_HUGEPAGE);
        return reinterpret_cast<void*>(aligned);
    }
    static void release(void* p, size_t bytes) {
        if (bytes < kPage)
            free(p);
        else
            munmap(p, whole_pages(bytes));
    }
    static void* mapped(size_t bytes) {
        void* p = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        return p == MAP_FAILED ? nullptr : p;
    }
    static size_t whole_pages(size_t bytes) { return (bytes + kPage - 1) / kPage * kPage; }
    static void* small(size_t bytes) {
        void* p = aligned_alloc(kLine, bytes);
        if (p) memset(p, 0, bytes);
        return p;
    }
#elif defined(_WIN32)
    static void* allocate(size_t bytes) {
        void* p = _aligned_malloc(bytes, kLine);
        if (p) memset(p, 0, bytes);
        return p;
    }
    static void release(void* p, size_t) { _aligned_free(p); }
#else
    static void* allocate(size_t bytes) {
        void* p = nullptr;
        if (posix_memalign(&p, kLine, bytes) != 0) return nullptr;
        memset(p, 0, bytes);
        return p;
    }
    static void release(void* p, size_t) { free(p); }
#endif

    T* data_ = nullptr;
    size_t count_ = 0, bytes_ = 0;
};

}  // namespace nacomp::exact
