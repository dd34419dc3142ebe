// What the bitmap profile keeps of a stream: the pixels about the one that comes next (formats/MIXING.md, section 12).
#pragma once

#include <cstdint>

namespace nacomp::mixing {

constexpr uint32_t kRowsAbove = 5;

// So many of the last pixels and, of each row above from the nearest, the pixels from x - before to x + behind.
struct Shape {
    uint8_t left, rows;
    uint8_t before[kRowsAbove], behind[kRowsAbove];
};

struct Pixels {
    uint32_t node = 0;                     // which node of a slot
    uint32_t near8 = 0, near16 = 0, near24 = 0;  // the pixels nearest: so many, as a number
    uint32_t choice = 0;                   // the row of a set of weights of 512
    // Of each row above, from number 1: the byte above the coming one, the two before it and the two behind it.
    uint64_t above[kRowsAbove + 1] = {};
};

}  // namespace nacomp::mixing
