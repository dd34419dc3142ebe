// Adaptive probabilities, one for each way a follower's counts can look. Mirrors counters.py, which says why.
#pragma once

#include <vector>

#include "arithmetic.h"

namespace nacomp::predictors {

constexpr int kHitLevels = 8, kMissLevels = 7, kFollowerCounters = kHitLevels * kMissLevels * 2;
constexpr int kMatchCounters = 16;

inline int follower_counter(int hits, int misses, bool latest) {
    if (hits > 4) hits = hits < 8 ? 5 : hits < 16 ? 6 : 7;
    if (misses > 2) misses = misses < 5 ? 3 : misses < 9 ? 4 : misses < 20 ? 5 : 6;
    return (hits * kMissLevels + misses) * 2 + (latest ? 1 : 0);
}

inline int match_counter(int length) {
    if (length <= 8) return length > 0 ? length - 1 : 0;
    static const int limits[] = {12, 16, 20, 24, 32, 48, 400};
    for (int i = 0; i < 7; ++i)
        if (length < limits[i]) return 8 + i;
    return kMatchCounters - 1;
}

class Counters {
public:
    // `initial`: (counter,); each counts as `confidence` observations.
    Counters(const std::vector<double>& initial, int confidence) {
        for (double p : initial) entries_.push_back({p, stretch(p), confidence});
    }

    double stretched(int counter) const { return entries_[counter].stretched; }

    void learn(int counter, bool hit) {
        Entry& entry = entries_[counter];
        entry.p = entry.p + ((hit ? 1.0 : 0.0) - entry.p) / (entry.n + 1.5);
        entry.stretched = stretch(entry.p);
        if (entry.n < 255) ++entry.n;
    }

private:
    struct Entry {
        double p, stretched;
        int n;
    };
    std::vector<Entry> entries_;
};

}  // namespace nacomp::predictors
