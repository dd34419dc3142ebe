#include "cpu.h"

#include <cfloat>

#include "target.h"

#if defined(NACOMP_X86_64)
#include <immintrin.h>
#if defined(_MSC_VER)
#include <intrin.h>
#endif
#elif defined(NACOMP_AARCH64) && defined(__linux__)
#include <sys/auxv.h>
#endif

static_assert(FLT_EVAL_METHOD == 0, "NUMERICS 1.1: floats must not be evaluated in a wider format");
#if defined(__FAST_MATH__)
#error "NUMERICS 1.1: fast-math changes results"
#endif

namespace nacomp::exact {

#if defined(NACOMP_X86_64) && defined(_MSC_VER) && !defined(__clang__)
namespace {
// Bits of CPUID leaf 7, and whether the system saves the registers `state` (XCR0 bits).
bool leaf7(int reg, int bit, unsigned long long state) {
    int r[4];
    __cpuid(r, 1);
    if (!(r[2] & (1 << 27)) || (_xgetbv(0) & state) != state) return false;
    __cpuidex(r, 7, 0);
    return (r[reg] >> bit) & 1;
}
}  // namespace
bool cpu_has_avx2() { return leaf7(1, 5, 0x6); }
bool cpu_has_avx512vnni() {
    return leaf7(1, 16, 0xE6) && leaf7(1, 17, 0xE6) && leaf7(1, 30, 0xE6) && leaf7(1, 31, 0xE6) && leaf7(2, 11, 0xE6);
}
#elif defined(NACOMP_X86_64)
bool cpu_has_avx2() { return __builtin_cpu_supports("avx2"); }
bool cpu_has_avx512vnni() {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("popcnt");
}
#else
bool cpu_has_avx2() { return false; }
bool cpu_has_avx512vnni() { return false; }
#endif

bool cpu_has_neon_dot() {
#if defined(NACOMP_AARCH64) && defined(__linux__)
    return getauxval(AT_HWCAP) & (1ul << 20);  // HWCAP_ASIMDDP
#elif defined(NACOMP_AARCH64) && defined(__APPLE__)
    return true;
#else
    return false;
#endif
}

#if defined(NACOMP_X86_64)
FloatRules::FloatRules() : saved_(_mm_getcsr()) { _mm_setcsr(0x1F80); }
FloatRules::~FloatRules() { _mm_setcsr(static_cast<unsigned>(saved_)); }
#elif defined(NACOMP_AARCH64) && defined(__GNUC__)
FloatRules::FloatRules() {
    __asm__ volatile("mrs %0, fpcr" : "=r"(saved_));
    __asm__ volatile("msr fpcr, %0" : : "r"(0ull) : "memory");
}
FloatRules::~FloatRules() { __asm__ volatile("msr fpcr, %0" : : "r"(saved_) : "memory"); }
#else
FloatRules::FloatRules() : saved_(0) {}
FloatRules::~FloatRules() {}
#endif

}  // namespace nacomp::exact
