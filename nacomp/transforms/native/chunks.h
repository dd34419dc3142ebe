// Cuts bytes where their own content says so, so that shifted copies are cut alike (archive/repeats.py).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace nacomp::transforms {

// How long a chunk may be; `bits` bits of the hash must be zero at a cut, so that one comes every 2^bits bytes or so.
struct ChunkSizes {
    std::size_t least, most;
    int bits;
};

// The ends of all chunks of `data`, the first of which begins at 0. Without `is_last` the last chunk, which may go on, is left out.
std::vector<std::size_t> chunk_ends(const std::uint8_t* data, std::size_t size, ChunkSizes sizes, bool is_last);

}  // namespace nacomp::transforms
