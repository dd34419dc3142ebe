#include "parameters.h"

#include "bits.h"

namespace nacomp::transforms {
namespace {

void write_number(std::uint32_t value, std::vector<std::uint8_t>& out) {
    for (; value > 127; value >>= 7) out.push_back(static_cast<std::uint8_t>(value | 128));
    out.push_back(static_cast<std::uint8_t>(value));
}

std::uint32_t read_byte(const std::uint8_t* data, std::size_t size, std::size_t& at) {
    if (at >= size) throw Corrupt("the description of a deflate stream ends early");
    return data[at++];
}

std::uint32_t read_number(const std::uint8_t* data, std::size_t size, std::size_t& at, std::uint32_t least, std::uint32_t most) {
    std::uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
        const std::uint32_t byte = read_byte(data, size, at);
        value |= std::uint64_t{byte & 127} << shift;
        if (byte < 128) break;
        if (shift == 28) throw Corrupt("a number in the description of a deflate stream is too long");
    }
    if (value < least || value > most) throw Corrupt("a setting in the description of a deflate stream is out of range");
    return static_cast<std::uint32_t>(value);
}

// The level of 1 to 9 with these settings, or 0.
int level_of(const Parameters& p) {
    for (int level = 1; level <= 9; ++level) {
        const Search search = level <= 3 ? Search::kGreedy : Search::kLazy;
        if (p.search == search && kLevels[level] == std::array<std::uint16_t, 4>{p.good, p.lazy, p.nice, p.chain}) return level;
    }
    return 0;
}

bool searches(const Parameters& p) { return p.search >= Search::kGreedy; }

}  // namespace

void write_parameters(const Parameters& p, std::vector<std::uint8_t>& out) {
    out.push_back(static_cast<std::uint8_t>(static_cast<int>(p.search) | p.filtered << 2 | p.truncates << 3 | p.from_start << 4 |
                                            p.joint << 5 | p.rough << 6));
    write_number(p.capacity, out);
    if (!searches(p)) return;
    const int level = level_of(p);
    out.push_back(static_cast<std::uint8_t>(p.window_bits | level << 4));
    out.push_back(p.hash_bits);
    if (level == 0)
        for (const std::uint16_t setting : {p.good, p.lazy, p.nice, p.chain}) write_number(setting, out);
}

Parameters read_parameters(const std::uint8_t* data, std::size_t size, std::size_t& at) {
    Parameters p;
    const std::uint32_t flags = read_byte(data, size, at);
    if (flags > 127) throw Corrupt("a description of a deflate stream begins with a byte that none begins with");
    p.search = static_cast<Search>(flags & 3);
    p.filtered = (flags & 4) != 0;
    p.truncates = (flags & 8) != 0;
    p.from_start = (flags & 16) != 0;
    p.joint = (flags & 32) != 0;
    p.rough = (flags & 64) != 0;
    p.capacity = read_number(data, size, at, 1, 0x7fffffff);
    if (!searches(p)) return p;
    const std::uint32_t window_and_level = read_byte(data, size, at);
    p.window_bits = window_and_level & 15;
    const std::uint32_t level = window_and_level >> 4;
    p.hash_bits = static_cast<std::uint8_t>(read_number(data, size, at, 8, 16));
    if (p.window_bits < 9 || level > 9) throw Corrupt("a setting in the description of a deflate stream is out of range");
    if (level > 0) {
        p.good = kLevels[level][0], p.lazy = kLevels[level][1], p.nice = kLevels[level][2], p.chain = kLevels[level][3];
        return p;
    }
    p.good = static_cast<std::uint16_t>(read_number(data, size, at, 0, 65535));
    p.lazy = static_cast<std::uint16_t>(read_number(data, size, at, 0, 65535));
    p.nice = static_cast<std::uint16_t>(read_number(data, size, at, 3, 65535));
    p.chain = static_cast<std::uint16_t>(read_number(data, size, at, 4, 4096));
    return p;
}

}  // namespace nacomp::transforms
