// Float rules that another library might have left behind for a thread.
#pragma once

#include <cfenv>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Switches subnormal numbers off, as libraries built with fast-math do, and rounds upwards.
inline void other_float_rules() {
#if defined(__x86_64__)
    _mm_setcsr(_mm_getcsr() | 0x8040);
#elif defined(__aarch64__)
    unsigned long long flush = 1ull << 24;
    __asm__ volatile("msr fpcr, %0" : : "r"(flush) : "memory");
#endif
    std::fesetround(FE_UPWARD);
}
