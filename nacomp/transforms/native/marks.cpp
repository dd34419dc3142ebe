#include "marks.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "bits.h"
#include "tables.h"

namespace nacomp::transforms {
namespace {

constexpr std::uint8_t kIsLetter = 1, kMayBegin = 2;

std::array<std::uint8_t, 256> make_classes() {
    std::array<std::uint8_t, 256> classes{};
    for (const char* c = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"; *c; ++c)
        classes[static_cast<std::uint8_t>(*c)] |= kIsLetter;
    for (const int first : {0x50, 0x1f, 0x89, 0xff, 0x08, 0x18, 0x28, 0x38, 0x48, 0x58, 0x68, 0x78})
        classes[static_cast<std::size_t>(first)] |= kMayBegin;
    return classes;
}

constexpr int kTried = 24;

// The next symbol of the fixed literal code, or -1.
int fixed_symbol(BitReader& reader) {
    std::uint32_t code = 0;
    for (int length = 1; length <= 9; ++length) {
        code = code << 1 | reader.read(1);
        if (length == 7 && code <= 0x17) return static_cast<int>(256 + code);
        if (length == 8 && code >= 0x30 && code <= 0xbf) return static_cast<int>(code - 0x30);
        if (length == 8 && code >= 0xc0 && code <= 0xc7) return static_cast<int>(280 + code - 0xc0);
        if (length == 9 && code >= 0x190) return static_cast<int>(144 + code - 0x190);
    }
    return -1;
}

// Whether a few symbols of a block with fixed codes make sense: other bytes soon copy from before the beginning.
bool fixed_begins(BitReader& reader) {
    std::uint32_t content = 0;
    for (int i = 0; i < kTried; ++i) {
        const int symbol = fixed_symbol(reader);
        if (symbol == kEndOfBlock) return content > 0;
        if (symbol < 0 || symbol >= kLiteralCodes || reader.overrun()) return false;
        if (symbol < 256) {
            ++content;
            continue;
        }
        const int index = symbol - 257;
        const std::uint32_t length = kLengthBase[index] + reader.read(kLengthExtra[index]);
        std::uint32_t far = 0;
        for (int bit = 0; bit < 5; ++bit) far = far << 1 | reader.read(1);
        if (far >= kDistanceCodes || kDistanceBase[far] + reader.read(kDistanceExtra[far]) > content) return false;
        content += length;
    }
    return true;
}

// Whether the code for the code lengths of a dynamic block is one.
bool dynamic_begins(BitReader& reader) {
    if (reader.read(5) > 29 || reader.read(5) > 29) return false;
    const int lengths = static_cast<int>(reader.read(4)) + 4;
    int room = 0;
    for (int i = 0; i < lengths; ++i)
        if (const std::uint32_t length = reader.read(3)) room += 128 >> length;
    return room == 128;
}

// Whether a deflate stream may begin here.
bool may_be_deflate(const std::uint8_t* at, const std::uint8_t* end) {
    BitReader reader(at, static_cast<std::size_t>(end - at), 1);
    switch (reader.read(2)) {
        case 0: return end - at >= 5 && ((at[1] ^ at[3]) & (at[2] ^ at[4])) == 0xff;
        case 1: return fixed_begins(reader);
        case 2: return dynamic_begins(reader);
        default: return false;
    }
}

// A window of 32 KiB, or a smaller one, as RFC 1950 has it: method 8, no dictionary, a check that holds.
bool is_zlib(const std::uint8_t* at, const std::uint8_t* end) {
    if (end - at < 7 || (at[0] & 15) != 8 || at[0] >> 4 > 7 || at[1] & 0x20) return false;
    return (at[0] * 256 + at[1]) % 31 == 0 && may_be_deflate(at + 2, end);
}

bool begins_with(const std::uint8_t* at, const std::uint8_t* end, const char* mark, std::size_t size) {
    return static_cast<std::size_t>(end - at) >= size && std::memcmp(at, mark, size) == 0;
}

bool mark_at(const std::uint8_t* at, const std::uint8_t* end, Mark& mark) {
    switch (at[0]) {
        case 0x50: mark = Mark::kZip; return begins_with(at, end, "PK\x03\x04", 4);
        case 0x1f: mark = Mark::kGzip; return begins_with(at, end, "\x1f\x8b\x08", 3);
        case 0x89: mark = Mark::kPng; return begins_with(at, end, "\x89PNG\r\n\x1a\n", 8);
        case 0xff: mark = Mark::kJpeg; return begins_with(at, end, "\xff\xd8\xff", 3);
        default: mark = Mark::kZlib; return is_zlib(at, end);
    }
}

}  // namespace

std::vector<Found> find_marks(const std::uint8_t* data, std::size_t size) {
    static const std::array<std::uint8_t, 256> classes = make_classes();
    std::vector<Found> found;
    std::size_t letters = 0;
    for (std::size_t i = 0; i < size; ++i) {
        const std::uint8_t now = classes[data[i]];
        letters = now & kIsLetter ? letters + 1 : 0;
        if (letters == kLine) found.push_back({i + 1 - kLine, Mark::kLetters});
        Mark mark;
        if (now & kMayBegin && mark_at(data + i, data + size, mark)) found.push_back({i, mark});
    }
    std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) { return a.start < b.start; });
    return found;
}

}  // namespace nacomp::transforms
