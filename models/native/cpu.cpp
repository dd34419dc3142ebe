#include "cpu.h"

#include "target.h"

#if defined(NACOMP_X86_64) && defined(_MSC_VER)
#include <immintrin.h>
#include <intrin.h>
#elif defined(NACOMP_AARCH64) && defined(__linux__)
#include <sys/auxv.h>
#endif
#if defined(NACOMP_X86_64) && defined(NACOMP_ASKS_CPUID)
#include <cpuid.h>
#endif
#if defined(NACOMP_HAS_AMX)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace nacomp {

bool runs_scalar() { return true; }

#if defined(NACOMP_X86_64) && defined(_MSC_VER) && !defined(__clang__)
#define NACOMP_HAS_LEAF7
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
#elif defined(NACOMP_X86_64) && defined(NACOMP_ASKS_CPUID)  // zig's __builtin_cpu_supports says no to everything
#define NACOMP_HAS_LEAF7
namespace {
bool leaf7(int reg, int bit, unsigned state) {
    unsigned r[4], low, high;
    if (!__get_cpuid(1, &r[0], &r[1], &r[2], &r[3]) || !(r[2] & (1u << 27))) return false;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    if ((low & state) != state || !__get_cpuid_count(7, 0, &r[0], &r[1], &r[2], &r[3])) return false;
    return (r[reg] >> bit) & 1;
}
}  // namespace
#endif

#if defined(NACOMP_HAS_LEAF7)
bool runs_avx2() { return leaf7(1, 5, 0x6); }
bool runs_avx512() { return leaf7(1, 16, 0xE6) && leaf7(1, 17, 0xE6) && leaf7(1, 30, 0xE6) && leaf7(1, 31, 0xE6); }
bool runs_avx512vnni() { return runs_avx512() && leaf7(2, 11, 0xE6); }
#elif defined(NACOMP_X86_64)
bool runs_avx2() { return __builtin_cpu_supports("avx2"); }
bool runs_avx512() {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("popcnt");
}
bool runs_avx512vnni() { return runs_avx512() && __builtin_cpu_supports("avx512vnni"); }
#else
bool runs_avx2() { return false; }
bool runs_avx512() { return false; }
bool runs_avx512vnni() { return false; }
#endif

#if defined(NACOMP_HAS_AMX)
namespace {
// CPUID leaf 7 says that there are tiles and their products of bytes, leaf 1 and XCR0 that the system saves them.
bool has_tiles() {
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & (1u << 27))) return false;
    unsigned state, high;
    __asm__("xgetbv" : "=a"(state), "=d"(high) : "c"(0));
    const unsigned tiles = 1u << 17 | 1u << 18;
    if ((state & tiles) != tiles || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return false;
    return (d >> 24 & 1) && (d >> 25 & 1);
}

// Without leave the first tile instruction ends the process: a thread's saved state grows by 8 KiB, which signal stacks must
// hold. The system refuses if one of this process does not; it knows the question since Linux 5.16.
bool tiles_allowed() {
    constexpr int kRequest = 0x1023, kTileData = 18;  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
    return syscall(SYS_arch_prctl, kRequest, kTileData) == 0;
}
}  // namespace
bool runs_amx() {
    static const bool runs = runs_avx512vnni() && has_tiles() && tiles_allowed();
    return runs;
}
#else
bool runs_amx() { return false; }
#endif

#if defined(NACOMP_AARCH64)
bool runs_neon() { return true; }
#else
bool runs_neon() { return false; }
#endif

bool runs_neondot() {
#if defined(NACOMP_AARCH64) && defined(__linux__)
    return getauxval(AT_HWCAP) & (1ul << 20);  // HWCAP_ASIMDDP
#elif defined(NACOMP_AARCH64) && defined(__APPLE__)
    return true;
#else
    return false;
#endif
}

}  // namespace nacomp
