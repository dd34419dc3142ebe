// How one file's functions are compiled for a wider instruction set than the rest of the program.
//
// NACOMP_TARGET_BEGIN goes after every #include: functions of system headers must keep the baseline, since the linker
// may choose any file's copy of them. MSVC needs no such marks, it compiles any intrinsic anywhere.
#pragma once

#define NACOMP_PRAGMA(text) _Pragma(#text)
#if defined(__clang__)
#define NACOMP_TARGET_BEGIN(isa) \
    NACOMP_PRAGMA(clang attribute push(__attribute__((target(isa))), apply_to = function))
#define NACOMP_TARGET_END NACOMP_PRAGMA(clang attribute pop)
#define NACOMP_UNROLL _Pragma("unroll")
#elif defined(__GNUC__)
#define NACOMP_TARGET_BEGIN(isa) NACOMP_PRAGMA(GCC push_options) NACOMP_PRAGMA(GCC target(isa))
#define NACOMP_TARGET_END NACOMP_PRAGMA(GCC pop_options)
#define NACOMP_UNROLL _Pragma("GCC unroll 16")
#else
#define NACOMP_TARGET_BEGIN(isa)
#define NACOMP_TARGET_END
#define NACOMP_UNROLL
#endif

#if defined(__x86_64__) || defined(_M_X64)
#define NACOMP_X86_64 1
#elif defined(__aarch64__) || defined(_M_ARM64)
#define NACOMP_AARCH64 1
#endif
