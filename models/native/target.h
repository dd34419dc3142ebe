// Compilers and processors: what must be inlined or unrolled, and which instruction set a kernel's file is compiled for.
//
// A kernel's file names its target and includes its core's kernel-inl.h, nothing else:
//
//     #define NACOMP_TARGET_AVX2
//     #include "kernel-inl.h"
//
// kernel-inl.h includes fragments, *-inl.h, which are written once for all targets or once for each. A fragment puts its
// functions into a namespace called NACOMP_TARGET, between NACOMP_TARGET_BEGIN and NACOMP_TARGET_END. Its #includes come
// before that: functions of system headers must keep the baseline, since the linker may choose any file's copy of them. For
// the same reason a fragment instantiates no template of the standard library.
//
// The pattern is that of Google's Highway library. dispatch.h chooses among the kernels at run time.
#pragma once

#if defined(__x86_64__) || defined(_M_X64)
#define NACOMP_X86_64 1
#elif defined(__aarch64__) || defined(_M_ARM64)
#define NACOMP_AARCH64 1
#endif

#define NACOMP_PRAGMA(text) _Pragma(#text)
#if defined(__clang__)
#define NACOMP_INLINE inline __attribute__((always_inline))
#define NACOMP_UNROLL _Pragma("unroll")
#define NACOMP_ISA_BEGIN(isa) NACOMP_PRAGMA(clang attribute push(__attribute__((target(isa))), apply_to = function))
#define NACOMP_ISA_END NACOMP_PRAGMA(clang attribute pop)
#elif defined(__GNUC__)
#define NACOMP_INLINE inline __attribute__((always_inline))
#define NACOMP_UNROLL _Pragma("GCC unroll 16")
#define NACOMP_ISA_BEGIN(isa) NACOMP_PRAGMA(GCC push_options) NACOMP_PRAGMA(GCC target(isa))
#define NACOMP_ISA_END NACOMP_PRAGMA(GCC pop_options)
#else  // MSVC compiles any intrinsic anywhere
#define NACOMP_INLINE inline
#define NACOMP_UNROLL
#define NACOMP_ISA_BEGIN(isa)
#define NACOMP_ISA_END
#endif

// GCC takes half the width unless it is told; clang does not know the word there, and would ignore all of the attribute.
#if defined(__clang__)
#define NACOMP_AVX512_ISA "avx512f,avx512bw,avx512dq,avx512vl,popcnt"
#define NACOMP_AVX512VNNI_ISA "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,popcnt"
#else
#define NACOMP_AVX512_ISA "avx512f,avx512bw,avx512dq,avx512vl,popcnt,prefer-vector-width=512"
#define NACOMP_AVX512VNNI_ISA "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,popcnt,prefer-vector-width=512"
#endif

// Tiles need a compiler that knows them, and a system of which we know how to ask for them.
#if defined(NACOMP_X86_64) && defined(__linux__) && (__clang_major__ >= 12 || (!defined(__clang__) && __GNUC__ >= 11))
#define NACOMP_HAS_AMX 1
#endif

// NACOMP_TARGET: the namespace, and the kernel's name. Not defined where the target does not fit the processor: such a file
// compiles to nothing.
#if defined(NACOMP_TARGET_SCALAR)  // no intrinsics at all: runs on every processor and settles arguments between the others
#define NACOMP_TARGET scalar
#define NACOMP_TARGET_BEGIN
#define NACOMP_TARGET_END
#elif defined(NACOMP_TARGET_AVX2) && defined(NACOMP_X86_64)  // x86 since 2013
#define NACOMP_TARGET avx2
#define NACOMP_TARGET_BEGIN NACOMP_ISA_BEGIN("avx2")
#define NACOMP_TARGET_END NACOMP_ISA_END
#elif defined(NACOMP_TARGET_AVX512) && defined(NACOMP_X86_64)  // server x86 since Skylake
#define NACOMP_TARGET avx512
#define NACOMP_TARGET_BEGIN NACOMP_ISA_BEGIN(NACOMP_AVX512_ISA)
#define NACOMP_TARGET_END NACOMP_ISA_END
#elif defined(NACOMP_TARGET_AVX512VNNI) && defined(NACOMP_X86_64)  // server and desktop x86 since Ice Lake and Zen 4
#define NACOMP_TARGET avx512vnni
#define NACOMP_TARGET_BEGIN NACOMP_ISA_BEGIN(NACOMP_AVX512VNNI_ISA)
#define NACOMP_TARGET_END NACOMP_ISA_END
#elif defined(NACOMP_TARGET_AMX) && defined(NACOMP_HAS_AMX)  // server x86 since Sapphire Rapids
#define NACOMP_TARGET amx
#define NACOMP_TARGET_BEGIN NACOMP_ISA_BEGIN(NACOMP_AVX512VNNI_ISA ",amx-tile,amx-int8")
#define NACOMP_TARGET_END NACOMP_ISA_END
#elif defined(NACOMP_TARGET_NEON) && defined(NACOMP_AARCH64)  // every 64-bit ARM core
#define NACOMP_TARGET neon
#define NACOMP_TARGET_BEGIN
#define NACOMP_TARGET_END
#elif defined(NACOMP_TARGET_NEONDOT) && defined(NACOMP_AARCH64)  // with the dot product instruction: most since 2018
#define NACOMP_TARGET neondot
#if defined(__clang__)
#define NACOMP_TARGET_BEGIN NACOMP_ISA_BEGIN("dotprod")
#else
#define NACOMP_TARGET_BEGIN NACOMP_ISA_BEGIN("arch=armv8.2-a+dotprod")
#endif
#define NACOMP_TARGET_END NACOMP_ISA_END
#endif
