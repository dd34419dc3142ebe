// Weights to coder frequencies. Mirrors to_frequencies.py, which says why.
#pragma once

#include <cmath>

namespace nacomp::predictors {

// Frequencies (n,) for the coder from integer weights (n,).
inline void quantise(const double* weights, int n, double* frequencies) {
    const double spare = static_cast<double>((1 << 24) - n);
    double lanes[8] = {};  // exact in any order: integers below 2^53
    int i = 0;
    for (; i + 8 <= n; i += 8)
        for (int j = 0; j < 8; ++j) lanes[j] += weights[i + j];
    double total = 0.0;
    for (; i < n; ++i) total += weights[i];
    for (double lane : lanes) total += lane;
    const bool empty = total == 0.0;
    const double scale = spare / (empty ? static_cast<double>(n) : total);
    double sums[8] = {};
    for (i = 0; i + 8 <= n; i += 8)
        for (int j = 0; j < 8; ++j) {
            frequencies[i + j] = std::floor((empty ? 1.0 : weights[i + j]) * scale);
            sums[j] += frequencies[i + j];
        }
    double sum = 0.0;
    for (; i < n; ++i) {
        frequencies[i] = std::floor((empty ? 1.0 : weights[i]) * scale);
        sum += frequencies[i];
    }
    for (double lane : sums) sum += lane;
    int largest = 0;
    for (i = 1; i < n; ++i)
        if (weights[i] > weights[largest]) largest = i;
    frequencies[largest] += spare - sum;
}

}  // namespace nacomp::predictors
