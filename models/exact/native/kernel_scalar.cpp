// Kernel `scalar`: no intrinsics at all, runs on every processor and settles arguments between the others.
#include <cmath>
#include <cstring>

#include "kernels.h"
#include "target.h"

namespace nacomp::exact {
namespace {
inline float square_root(float x) { return std::sqrt(x); }
#include "lanes_plain.h"
#include "groups.h"
#include "steps.h"
#include "table.h"
bool always() { return true; }
}  // namespace

extern const Kernel scalar_kernel;
const Kernel scalar_kernel = make_kernel("scalar", always);
}  // namespace nacomp::exact
