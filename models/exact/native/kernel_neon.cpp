// Kernel `neon`: every 64-bit ARM core, also those without the dot product instruction.
#include "target.h"
#ifdef NACOMP_AARCH64
#include <arm_neon.h>

#include <cmath>
#include <cstring>

#include "kernels.h"

namespace nacomp::exact {
namespace {
inline float square_root(float x) { return std::sqrt(x); }
#include "lanes_neon.h"
#include "products_neon.h"
#include "groups.h"
#include "steps.h"
#include "table.h"
bool always() { return true; }
}  // namespace

extern const Kernel neon_kernel;
const Kernel neon_kernel = make_kernel("neon", always);
}  // namespace nacomp::exact
#endif
