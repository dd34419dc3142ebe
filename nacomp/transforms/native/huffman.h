// Canonical Huffman codes (RFC 1951, 3.2.2).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "bits.h"

namespace nacomp::transforms {

// Codes by symbol, their bits in the order in which they are written.
inline std::vector<std::uint16_t> canonical_codes(const std::uint8_t* lengths, int count) {
    std::array<std::uint32_t, 17> next{};
    for (int i = 0; i < count; ++i) ++next[lengths[i] + 1];
    next[1] = 0;
    for (int bits = 1; bits <= 15; ++bits) next[bits + 1] = (next[bits] + next[bits + 1]) << 1;
    std::vector<std::uint16_t> codes(count);
    for (int i = 0; i < count; ++i) {
        if (lengths[i] == 0) continue;
        std::uint32_t code = next[lengths[i]]++, turned = 0;
        for (int bit = 0; bit < lengths[i]; ++bit, code >>= 1) turned = (turned << 1) | (code & 1);
        codes[i] = static_cast<std::uint16_t>(turned);
    }
    return codes;
}

// Decodes symbols: a table of 10 bits, and a walk through the lengths for longer codes.
class HuffmanDecoder {
public:
    // False for a set that no decoder takes: one with too many codes, or with too few unless it is one code of one bit, or none.
    bool build(const std::uint8_t* lengths, int count, bool may_be_incomplete) {
        count_.fill(0);
        for (int i = 0; i < count; ++i) ++count_[lengths[i]];
        count_[0] = 0;
        int left = 1, longest = 0;
        for (int bits = 1; bits <= 15; ++bits) {
            left = 2 * left - count_[bits];
            if (left < 0) return false;
            if (count_[bits]) longest = bits;
        }
        if (left > 0 && !(may_be_incomplete && longest <= 1)) return false;
        std::array<int, 16> at{};
        for (int bits = 1; bits < 15; ++bits) at[bits + 1] = at[bits] + count_[bits];
        sorted_.assign(count, 0);
        for (int i = 0; i < count; ++i)
            if (lengths[i]) sorted_[at[lengths[i]]++] = static_cast<std::uint16_t>(i);
        table_.fill(0);
        const std::vector<std::uint16_t> codes = canonical_codes(lengths, count);
        for (int i = 0; i < count; ++i)
            if (lengths[i] && lengths[i] <= kQuick)
                for (int entry = codes[i]; entry < (1 << kQuick); entry += 1 << lengths[i])
                    table_[entry] = static_cast<std::uint16_t>((i << 4) | lengths[i]);
        return true;
    }

    // The next symbol, or -1 where the bits are no code.
    int decode(BitReader& reader) const {
        const std::uint32_t bits = reader.peek(15);
        if (const int entry = table_[bits & ((1 << kQuick) - 1)]) {
            reader.skip(entry & 15);
            return entry >> 4;
        }
        int code = 0, first = 0, index = 0;
        for (int length = 1; length <= 15; ++length) {
            code |= static_cast<int>((bits >> (length - 1)) & 1);
            if (code - first < count_[length]) {
                reader.skip(length);
                return sorted_[index + code - first];
            }
            index += count_[length];
            first = (first + count_[length]) << 1;
            code <<= 1;
        }
        return -1;
    }

private:
    static constexpr int kQuick = 10;
    std::array<int, 16> count_{};
    std::vector<std::uint16_t> sorted_;
    std::array<std::uint16_t, 1 << kQuick> table_{};
};

}  // namespace nacomp::transforms
