// Rotary positions in fixed-point turns (NUMERICS 7).
#pragma once

#include <cstdint>

namespace nacomp::exact {

// Cosines, twice each, and sines, negated in even lanes, for one position: what Kernel::rope reads. `pairs` steps are
// given; lanes past 2 * pairs up to d become cosine 1 and sine 0, which leaves those dimensions as they are.
void rotary_tables(const uint64_t* steps, int pairs, int d, int64_t position, float* cosines, float* sines);

}  // namespace nacomp::exact
