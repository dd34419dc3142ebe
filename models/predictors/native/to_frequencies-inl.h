// Weights to coder frequencies, for the target of the file that includes this. Mirrors to_frequencies.py, which says why.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "native/target.h"
#include "vocabulary.h"

NACOMP_TARGET_BEGIN
namespace nacomp::predictors::NACOMP_TARGET {
namespace {

// Loops over eight lanes each, which compilers turn into vectors.
constexpr std::size_t kSums = 8;

// Of whole numbers below 2^53, so exact in any order.
inline double sum_of(const double* values, std::size_t n) {
    double lanes[kSums] = {}, sum = 0.0;
    std::size_t i = 0;
    for (; i + kSums <= n; i += kSums)
        for (std::size_t j = 0; j < kSums; ++j) lanes[j] += values[i + j];
    for (; i < n; ++i) sum += values[i];
    for (double lane : lanes) sum += lane;
    return sum;
}

// The first of the largest.
inline std::size_t place_of_largest(const double* values, std::size_t n) {
    double lanes[kSums], largest = values[0];
    for (double& lane : lanes) lane = values[0];
    std::size_t i = 0;
    for (; i + kSums <= n; i += kSums)
        for (std::size_t j = 0; j < kSums; ++j) lanes[j] = values[i + j] > lanes[j] ? values[i + j] : lanes[j];
    for (; i < n; ++i) largest = values[i] > largest ? values[i] : largest;
    for (double lane : lanes) largest = lane > largest ? lane : largest;
    std::size_t place = 0;
    while (place + 1 < n && values[place] != largest) ++place;
    return place;
}

void quantise(const double* weights, std::size_t n, double* frequencies) {
    const double spare = static_cast<double>((1 << 24) - static_cast<int>(n));
    const double total = sum_of(weights, n);
    if (total == 0.0) {
        for (std::size_t i = 0; i < n; ++i) frequencies[i] = std::floor(spare / static_cast<double>(n));
    } else {
        const double scale = spare / total;
        for (std::size_t i = 0; i < n; ++i) frequencies[i] = std::floor(weights[i] * scale);
    }
    frequencies[place_of_largest(weights, n)] += spare - sum_of(frequencies, n);
}

void scale_page(const std::uint32_t* weights, double scale, double* out) {
    for (std::size_t i = 0; i < kPage; ++i) out[i] = std::floor(static_cast<double>(weights[i]) * scale);
}

}  // namespace
}  // namespace nacomp::predictors::NACOMP_TARGET
NACOMP_TARGET_END
