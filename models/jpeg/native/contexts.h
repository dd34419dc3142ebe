// What the contexts of a block are made of: its neighbours, and how alike they are (formats/JPEG.md, sections 4 to 7).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

#include "file.h"

namespace nacomp::jpeg {

// The class of a magnitude, 0 to 9.
inline int magnitude(int64_t value) {
    const int64_t size = value < 0 ? -value : value;
    return size < 4 ? static_cast<int>(size) : size < 6 ? 4 : size < 9 ? 5 : size < 14 ? 6 : size < 24 ? 7 : size < 50 ? 8 : 9;
}
// The class of a signed value, 1 to 19.
inline int signed_class(int64_t value) { return value < 0 ? 10 - magnitude(value) : 10 + magnitude(value); }
// A value within -most and most, from 0.
inline int within(int64_t value, int most) { return static_cast<int>(std::clamp<int64_t>(value, -most, most)) + most; }
inline int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a % b < 0) != (b < 0)); }

struct Block {
    int16_t* own;
    const int16_t *above, *left, *corner, *before;  // zeros where there is none; `before` of the component before
    bool has_above, has_left;
    int role;            // of the component: 0, 1, or 2 for all behind
    const uint16_t* steps;
};

// 181 / 128 is the square root of 2.
inline int64_t weight(int frequency) { return frequency ? 181 : 128; }
// What is missing of a row or column of frequencies for the picture to go on from the block around through the edge between them, in
// units of 1/128 of a sample's step: its eight places are `step` apart, and `known` of its own are taken off.
inline int64_t through(const Block& b, const int16_t* around, int first, int step, int known) {
    int64_t sum = 0;
    for (int k = 0; k < 8; k++) {
        const int at = first + k * step;
        sum += (k & 1 ? -1 : 1) * weight(k) * around[at] * b.steps[at];
        if (k > 0 && k < known) sum -= weight(k) * b.own[at] * b.steps[at];
    }
    return sum;
}
inline int64_t from_above(const Block& b, int column, int known) { return through(b, b.above, column, 8, known); }
inline int64_t from_left(const Block& b, int row, int known) { return through(b, b.left, row * 8, 1, known); }

// The two rows or columns of a block that lie at an edge, the outer first, in units of 1/8 of a sample.
using Edge = std::array<std::array<int32_t, 8>, 2>;

// Edges of the blocks that were coded, and what a DC coefficient should be for them to go on.
struct Smooth {
    int32_t mean = 0, spread = 0, range = 0, difference = 0;
};
Smooth smooth(const Edge* above, const Edge& upper, const Edge* left, const Edge& own_left);
// down: the rows at the top (or bottom if `far`), else columns; without the DC coefficient.
Edge edge_of(const int16_t* q, const uint16_t* steps, bool rows, bool far);

}  // namespace nacomp::jpeg
