// The kernel of one target. Included by a kernel_*.cpp, which names the target.
#include "native/target.h"

#ifdef NACOMP_TARGET
#include "kernels.h"
#include "logit_bias-inl.h"
#include "native/dispatch.h"

namespace nacomp::predictors::NACOMP_TARGET {

extern const Kernel kernel;
const Kernel kernel = {NACOMP_TARGET_FACTS, highest, weigh, exponentials};

}  // namespace nacomp::predictors::NACOMP_TARGET
#endif
