// Opens a DEFLATE stream and makes it again: the reversible view (formats/TRANSFORMS.md, "Deflate").
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace nacomp::transforms {

constexpr std::size_t kMostDictionary = 32768, kMostContent = std::size_t{1} << 30;

struct Bytes {
    const std::uint8_t* data;
    std::size_t size;
};

struct Opened {
    std::vector<std::uint8_t> content;
    std::vector<std::uint8_t> corrections;
    std::uint64_t bits;  // from the start on, up to the end of the last block
    bool final;          // whether that block ends the stream
};

struct Rebuilt {
    std::vector<std::uint8_t> bytes;  // the first `lead` bits, and those behind the last block, are zero
    std::uint64_t bits;               // of the stream, without `lead`
    int lead;
    bool final;
};

// The stream that begins at bit `start_bit` of `data`, up to its end, or to the first end of a block with `piece` bytes of
// content or more behind it; nothing if there is none, if its content exceeds `limit` bytes or if it would not come back. The
// last bits of a final byte belong to it.
std::optional<Opened> open(Bytes data, std::uint64_t start_bit, Bytes dictionary, std::size_t limit, std::size_t piece);

// The bits again. Throws Corrupt for corrections that are none for this content; never more than 2 bytes for a byte of content,
// 512 for one of corrections, and 1,024; and never more than `limit`.
Rebuilt rebuild(Bytes content, Bytes corrections, Bytes dictionary, std::size_t limit = SIZE_MAX);

}  // namespace nacomp::transforms
