// The kernel of one target. Included by a kernel_*.cpp, which names the target.
#include "native/target.h"

#ifdef NACOMP_TARGET
#include "bias_moves-inl.h"
#include "kernels.h"
#include "logit_bias-inl.h"
#include "native/dispatch.h"
#include "to_frequencies-inl.h"

namespace nacomp::predictors::NACOMP_TARGET {

extern const Kernel kernel;
const Kernel kernel = {NACOMP_TARGET_FACTS, highest,      weigh,      list,          find_entries, move_biases, move_tokens,
                       exponentials,        find_recency, sum_biases, scale_weights, find_shares,  scale_page,  quantise};

}  // namespace nacomp::predictors::NACOMP_TARGET
#endif
