// Kernel `avx2`: x86 since 2013.
#include "target.h"
#ifdef NACOMP_X86_64
#include <immintrin.h>

#include <cstring>

#include "cpu.h"
#include "kernels.h"

NACOMP_TARGET_BEGIN("avx2")
namespace nacomp::exact {
namespace {
inline float square_root(float x) { return _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(x))); }
#include "lanes_avx2.h"
#include "groups.h"
#include "steps.h"
#include "table.h"
}  // namespace
NACOMP_TARGET_END

extern const Kernel avx2_kernel;
const Kernel avx2_kernel = make_kernel("avx2", cpu_has_avx2);
}  // namespace nacomp::exact
#endif
