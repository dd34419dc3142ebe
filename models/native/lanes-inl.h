// 16 lanes of the target: types F (16 floats) and I (16 int32), and what kernels do with them.
//
// f_rint rounds |x| < 2^22 and f_round |x| < 2^31 to the nearest integer, ties to even. f_scale2(p, n) is p * 2^n for whole n
// and normal results, f_zero_if_less(value, x, limit) +0.0 where x < limit, else value.
#pragma once

#include "target.h"

#if defined(NACOMP_TARGET_SCALAR)
#include "lanes_scalar-inl.h"
#elif defined(NACOMP_TARGET_AVX2)
#include "lanes_avx2-inl.h"
#elif defined(NACOMP_TARGET_AVX512) || defined(NACOMP_TARGET_AVX512VNNI) || defined(NACOMP_TARGET_AMX)
#include "lanes_avx512-inl.h"
#else
#include "lanes_neon-inl.h"
#endif
