// What is guessed of an encoder: with these numbers, the matcher and the predictor do what zlib would do.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace nacomp::transforms {

enum class Search : std::uint8_t {
    kLiterals = 0,  // no copies
    kRuns = 1,      // copies of the last byte only
    kGreedy = 2,    // the longest copy at once (zlib's deflate_fast)
    kLazy = 3,      // not if the next byte begins a longer one (deflate_slow)
};

struct Parameters {
    Search search = Search::kLazy;
    bool filtered = false;   // lazy: copies up to 5 bytes are not worth it
    bool truncates = false;  // blocks may end early, at a multiple of 4,096 tokens (GNU gzip)
    bool from_start = false; // the very first byte can be copied from, and what is far too: not so in zlib
    bool rough = false;      // many tokens will not be the expected ones
    bool joint = false;      // runs of code lengths go on from literals into distances: not so in zlib
    std::uint8_t window_bits = 15;
    std::uint8_t hash_bits = 15;
    std::uint16_t good = 8, lazy = 16, nice = 128, chain = 128;
    std::uint32_t capacity = 16383;  // a block ends with so many tokens

    // The farthest that a copy reaches.
    std::uint32_t farthest() const { return (1u << window_bits) - (from_start ? 0 : 262); }
    // The farthest for 3 bytes, when lazy.
    std::uint32_t farthest_three() const { return from_start ? 32768 : 4096; }
};

// zlib's levels 1 to 9: good, lazy, nice, chain. The first three are greedy.
constexpr std::array<std::array<std::uint16_t, 4>, 10> kLevels = {{{0, 0, 0, 0},
                                                                 {4, 4, 8, 4},
                                                                 {4, 5, 16, 8},
                                                                 {4, 6, 32, 32},
                                                                 {4, 4, 16, 16},
                                                                 {8, 16, 32, 32},
                                                                 {8, 16, 128, 128},
                                                                 {8, 32, 128, 256},
                                                                 {32, 128, 258, 1024},
                                                                 {32, 258, 258, 4096}}};

// The header of a description, and back; `read` moves `at` behind it, and throws Corrupt.
void write_parameters(const Parameters& parameters, std::vector<std::uint8_t>& out);
Parameters read_parameters(const std::uint8_t* data, std::size_t size, std::size_t& at);

}  // namespace nacomp::transforms
