// The kernel of one target. Included by a kernel_*.cpp, which names the target.
#include "native/target.h"

#ifdef NACOMP_TARGET
#include "bias_moves-inl.h"
#include "kernels.h"
#include "logit_bias-inl.h"
#include "native/dispatch.h"

namespace nacomp::predictors::NACOMP_TARGET {

extern const Kernel kernel;
const Kernel kernel = {NACOMP_TARGET_FACTS, highest, weigh, list, find_entries, move_biases, move_tokens, exponentials};

}  // namespace nacomp::predictors::NACOMP_TARGET
#endif
