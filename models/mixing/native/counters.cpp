#include "counters.h"

namespace nacomp::mixing {

// About 1 / (n + 1.5), but not below 1/20.
const uint32_t Node::kRates[16] = {43690, 26214, 18724, 14563, 11915, 10082, 8738, 7710,
                                   6898,  6241,  5698,  5041,  4519,  4096,  3640, 3276};
const Counter::Reciprocals Counter::reciprocals;

}  // namespace nacomp::mixing
