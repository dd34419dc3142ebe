#include "chunks.h"

#include <algorithm>
#include <array>

namespace nacomp::transforms {
namespace {

// A 64-bit number for each byte, by splitmix64 from 0.
std::array<std::uint64_t, 256> make_gear() {
    std::array<std::uint64_t, 256> gear{};
    std::uint64_t state = 0;
    for (std::uint64_t& number : gear) {
        std::uint64_t z = state += 0x9e3779b97f4a7c15u;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
        z = (z ^ z >> 27) * 0x94d049bb133111ebu;
        number = z ^ z >> 31;
    }
    return gear;
}

// The hash of the 64 bytes before is warm when the first cut is allowed.
constexpr std::size_t kWindow = 64;

// The end of the chunk that begins at `start`, or 0 where the data ends before it does.
std::size_t chunk_end(const std::uint8_t* data, std::size_t start, std::size_t size, const ChunkSizes& sizes) {
    static const std::array<std::uint64_t, 256> gear = make_gear();
    const std::size_t first = start + sizes.least, last = std::min(start + sizes.most, size);
    std::uint64_t hash = 0;
    for (std::size_t i = first - std::min(sizes.least, kWindow); i < last; ++i) {
        hash = (hash << 1) + gear[data[i]];
        if (i + 1 >= first && hash >> (64 - sizes.bits) == 0) return i + 1;
    }
    return size - start >= sizes.most ? start + sizes.most : 0;
}

}  // namespace

std::vector<std::size_t> chunk_ends(const std::uint8_t* data, std::size_t size, ChunkSizes sizes, bool is_last) {
    std::vector<std::size_t> ends;
    std::size_t start = 0;
    while (start < size) {
        const std::size_t end = chunk_end(data, start, size, sizes);
        if (end == 0 && !is_last) break;
        start = end == 0 ? size : end;
        ends.push_back(start);
    }
    return ends;
}

}  // namespace nacomp::transforms
