// Code lengths as zlib makes them from frequencies, and the runs in which it writes them.
#pragma once

#include <cstdint>
#include <vector>

#include "stream.h"

namespace nacomp::transforms {

// Lengths of at most `longest` bits for `count` symbols: Huffman's, with zlib's order among equals and its rule for lengths
// beyond the longest. Two symbols at least get a length.
void build_lengths(const std::uint32_t* frequencies, int count, int longest, std::uint8_t* lengths);

// The run that zlib would write for the lengths from `at` on.
Run expect_run(const std::uint8_t* lengths, int at, int start, int end);

// How often what stands in a block's tokens, the end of the block counted once.
struct Frequencies {
    std::array<std::uint32_t, kLiteralCodes> literals{};
    std::array<std::uint32_t, kDistanceCodes> distances{};
};

// Whether zlib would take the fixed codes: where they need no more bytes than those of `expected` and their header.
bool expect_fixed(const Frequencies& frequencies, const Trees& expected);

// The last symbol that has a length, + 1.
int used(const std::uint8_t* lengths, int count);

}  // namespace nacomp::transforms
