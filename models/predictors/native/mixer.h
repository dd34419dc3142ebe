// The mixer: one yes/no decision after the other over the candidates. Mirrors mixer.py, which says why.
#pragma once

#include <algorithm>
#include <vector>

#include "arithmetic.h"
#include "candidates.h"
#include "initial_weights.h"

namespace nacomp::predictors {

constexpr int kInputs = kExperts + 2;
constexpr int kBuckets = 8, kRanks = 8, kHighestOrders = kExperts + 1;

struct Decision {
    double base;            // the base row's probability, stretched
    int by_order, by_rank;  // offsets of the weight sets
    double probability, mass;
};

class Mixer {
public:
    Mixer(const MixerWeights& initial, double rate) : by_order_(initial.by_order), by_rank_(initial.by_rank), rate_(rate) {}

    // row[i]: the base row's weight of candidate i. Fills `out` (candidate,); returns the mass left for all others.
    double decide(const Candidates& c, const double* row, double total, Decision* out) const {
        double left = 1.0, rest = total;
        for (int rank = 0; rank < c.count; ++rank) {
            const Candidate& candidate = c.list[rank];
            Decision& d = out[rank];
            d.base = stretch(rest > 0.0 ? row[rank] / rest : 0.0);
            const int bucket = std::min(kBuckets - 1, static_cast<int>((d.base + 12.0) / 3.0));
            d.by_order = (candidate.highest_order * kBuckets + bucket) * kInputs;
            d.by_rank = (std::min(rank, kRanks - 1) * kHighestOrders + candidate.highest_order) * kInputs;
            const double* a = &by_order_[d.by_order];
            const double* b = &by_rank_[d.by_rank];
            double dot = 0.0 + (a[0] + b[0]) * d.base;
            for (int i = 1; i < kInputs; ++i) dot = dot + (a[i] + b[i]) * candidate.inputs[i - 1];
            d.probability = squash(dot * 0.5);
            d.mass = left * d.probability;
            left = left * (1.0 - d.probability);
            rest = rest - row[rank];
        }
        return left;
    }

    void learn(const Candidates& c, const Decision* decisions, Symbol symbol) {
        for (int rank = 0; rank < c.count; ++rank) {
            const Candidate& candidate = c.list[rank];
            const Decision& d = decisions[rank];
            const bool hit = candidate.symbol == symbol;
            const double step = ((hit ? 1.0 : 0.0) - d.probability) * rate_;
            double* a = &by_order_[d.by_order];
            double* b = &by_rank_[d.by_rank];
            for (int i = 0; i < kInputs; ++i) {
                const double value = i ? candidate.inputs[i - 1] : d.base;
                a[i] = a[i] + step * value;
                b[i] = b[i] + step * value;
            }
            if (hit) break;
        }
    }

private:
    std::vector<double> by_order_, by_rank_;
    double rate_;
};

}  // namespace nacomp::predictors
