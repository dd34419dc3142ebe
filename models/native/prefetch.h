// Asks for a cache line that will be read and written soon.
#pragma once

namespace nacomp {

inline void prefetch_for_write(const void* address) {
#if defined(__GNUC__)
    __builtin_prefetch(address, 1);
#else
    static_cast<void>(address);
#endif
}

}  // namespace nacomp
