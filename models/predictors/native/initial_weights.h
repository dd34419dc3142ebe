// Where the learnt tables begin; initial_weights.py reads them and says how they were learnt.
#pragma once

#include <vector>

namespace nacomp::predictors {

struct MixerWeights {
    std::vector<double> by_order;  // (highest order * kBuckets + bucket, input)
    std::vector<double> by_rank;   // (rank * kHighestOrders + highest order, input)
};

struct InitialWeights {
    std::vector<std::vector<double>> followers;  // (2 * order + later candidate, counter)
    std::vector<double> match;                   // (counter,)
    std::vector<double> recency;                 // (distance * kLikelihoods + likelihood,)
    MixerWeights model, order0;
};

}  // namespace nacomp::predictors
