// Kernel `avx512vnni`: server and desktop x86 since Ice Lake and Zen 4.
#include "target.h"
#ifdef NACOMP_X86_64
#include <immintrin.h>

#include <cstring>

#include "cpu.h"
#include "kernels.h"

// GCC 12 reports the deliberately undefined operands inside its own intrinsics (its bug 105593).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

NACOMP_TARGET_BEGIN("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,popcnt,prefer-vector-width=512")
namespace nacomp::exact {
namespace {
inline float square_root(float x) { return _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(x))); }
#include "lanes_avx512.h"
#include "steps.h"
#include "table.h"
}  // namespace
NACOMP_TARGET_END

extern const Kernel avx512vnni_kernel;
const Kernel avx512vnni_kernel = make_kernel("avx512vnni", cpu_has_avx512vnni);
}  // namespace nacomp::exact
#endif
