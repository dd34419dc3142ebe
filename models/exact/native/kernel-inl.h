// The kernel of one target: all its functions and the table of them. Included by a kernel_*.cpp, which names the target.
#include "native/target.h"

#ifdef NACOMP_TARGET
#include "arithmetic-inl.h"
#include "attention-inl.h"
#include "kernels.h"
#include "native/dispatch.h"
#include "product-inl.h"

namespace nacomp::exact::NACOMP_TARGET {

extern const Kernel kernel;
const Kernel kernel = {NACOMP_TARGET_FACTS, sizeof(AElem), kPlanes, sizeof(WElem), kMatrixFlip, 0, norm_quantise,
                       quantise, quantise_rest, quantise_head, rope, silu_multiply, gelu_multiply, norm, add, product, attend};

}  // namespace nacomp::exact::NACOMP_TARGET
#endif
