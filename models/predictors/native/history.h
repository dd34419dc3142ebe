// The symbols of a stream so far, and the hashes of their endings. Mirrors history.py.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace nacomp::predictors {

using Symbol = std::int32_t;
using History = std::vector<Symbol>;

constexpr std::uint64_t kMultiplier = 0x9E3779B97F4A7C15u;
// hashes[k-1] = hash of the last k symbols; returns how many there are (at most `orders`).
inline int context_hashes(const History& history, int orders, std::uint64_t* hashes) {
    const int n = static_cast<int>(std::min<std::size_t>(history.size(), static_cast<std::size_t>(orders)));
    std::uint64_t h = 0;
    for (int k = 0; k < n; ++k) {
        h = (h + static_cast<std::uint64_t>(history[history.size() - 1 - k]) + 1) * kMultiplier;
        h ^= h >> 29;
        hashes[k] = h;
    }
    return n;
}

}  // namespace nacomp::predictors
