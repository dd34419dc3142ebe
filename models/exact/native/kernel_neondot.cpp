// Kernel `neondot`: 64-bit ARM cores with the dot product instruction (most since 2018, all Apple ones).
#include "target.h"
#ifdef NACOMP_AARCH64
#include <arm_neon.h>

#include <cstring>

#include "cpu.h"
#include "kernels.h"

#if defined(__clang__)
NACOMP_TARGET_BEGIN("dotprod")
#else
NACOMP_TARGET_BEGIN("arch=armv8.2-a+dotprod")
#endif
namespace nacomp::exact {
namespace {
inline float square_root(float x) { return vget_lane_f32(vsqrt_f32(vdup_n_f32(x)), 0); }
#include "lanes_neon.h"
#include "products_neondot.h"
#include "groups.h"
#include "steps.h"
#include "table.h"
}  // namespace
NACOMP_TARGET_END

extern const Kernel neondot_kernel;
const Kernel neondot_kernel = make_kernel("neondot", cpu_has_neon_dot);
}  // namespace nacomp::exact
#endif
