// RFC 1951's tables: which symbol and how many extra bits stand for a length and a distance.
#pragma once

#include <array>
#include <cstdint>

namespace nacomp::transforms {

constexpr int kLiteralCodes = 286, kDistanceCodes = 30, kLengthCodes = 19, kEndOfBlock = 256;
constexpr int kShortest = 3, kLongest = 258, kWindow = 32768;

constexpr std::array<std::uint16_t, 29> kLengthBase = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                                      31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
constexpr std::array<std::uint8_t, 29> kLengthExtra = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                                      2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
constexpr std::array<std::uint16_t, 30> kDistanceBase = {1,   2,   3,   4,   5,   7,    9,    13,   17,   25,
                                                        33,  49,  65,  97,  129, 193,  257,  385,  513,  769,
                                                        1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
constexpr std::array<std::uint8_t, 30> kDistanceExtra = {0, 0, 0, 0, 1, 1, 2, 2,  3,  3,  4,  4,  5,  5,  6,
                                                        6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13};
constexpr std::array<std::uint8_t, 19> kLengthOrder = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

// A literal (length 1) or a copy: so many bytes from so far behind. 259 is 258 in the spelling that no encoder needs:
// symbol 284 with 31 extra.
struct Token {
    std::uint16_t length;
    std::uint16_t distance;
    bool operator==(const Token& other) const { return length == other.length && distance == other.distance; }
};
constexpr Token kLiteral{1, 0};
constexpr int kOddLongest = 259;

// The bytes a token stands for.
inline int width(Token token) { return token.length == kOddLongest ? kLongest : token.length; }

// 0..28 of a length 3..259.
inline int length_index(int length) {
    static const auto table = [] {
        std::array<std::uint8_t, 260> filled{};
        for (int i = 0; i < 28; ++i)
            for (int j = 0; j < (1 << kLengthExtra[i]); ++j) filled[kLengthBase[i] + j] = static_cast<std::uint8_t>(i);
        filled[kLongest] = 28;
        filled[kOddLongest] = 27;
        return filled;
    }();
    return table[length];
}

// 0..29 of a distance 1..32768.
inline int distance_index(int distance) {
    const int d = distance - 1;
    if (d < 4) return d;
    int bits = 0;
    while ((d >> bits) > 1) ++bits;
    return 2 * bits + ((d >> (bits - 1)) & 1);
}

// Code lengths of fixed blocks.
inline int fixed_length(int symbol) { return symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8; }

}  // namespace nacomp::transforms
