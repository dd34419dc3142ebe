// A DEFLATE stream taken apart: its blocks, their tokens, and what they stand for.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "tables.h"

namespace nacomp::transforms {

enum class BlockKind : std::uint8_t { kStored = 0, kFixed = 1, kDynamic = 2 };

// One word of a dynamic block's header: a code length 0..15, or 16, 17, 18 with what they repeat.
struct Run {
    std::uint8_t symbol;
    std::uint8_t repeat;  // 1 for a length, else 3..138
    bool operator==(const Run& other) const { return symbol == other.symbol && repeat == other.repeat; }
};

// What stands in front of a dynamic block's tokens.
struct Trees {
    int literals = 0;   // 257..286
    int distances = 0;  // 1..30
    int lengths = 0;    // 4..19
    std::array<std::uint8_t, kLengthCodes> length_lengths{};       // by symbol
    std::array<std::uint8_t, kLiteralCodes> literal_lengths{};     // zero from `literals` on
    std::array<std::uint8_t, kDistanceCodes> distance_lengths{};   // zero from `distances` on
    std::vector<Run> runs;
};

struct Block {
    BlockKind kind = BlockKind::kStored;
    std::uint8_t padding = 0;      // the bits between a stored block's header and its length
    std::uint64_t bit = 0;         // of the bits behind the block's kind, counted from the byte in which the stream begins
    std::uint32_t start = 0;       // where its content begins, behind the dictionary
    std::uint32_t size = 0;        // bytes of content
    std::size_t first_token = 0;
    std::uint32_t tokens = 0;      // literals and copies, without the end of the block
    std::uint32_t trees = 0;       // index, of dynamic blocks
};

struct Stream {
    std::vector<std::uint8_t> bytes;  // dictionary, then content
    std::size_t dictionary = 0;
    std::vector<Block> blocks;
    std::vector<Token> tokens;
    std::vector<Trees> trees;
    bool final = false;
    std::uint64_t bits = 0;      // without those that fill the last byte
    std::uint8_t padding = 0;    // those, if final
};

// More blocks, or dynamic ones, than so much content should have: the smallest that zlib makes have 127 tokens.
inline bool too_many_blocks(std::uint64_t blocks, std::uint64_t dynamic, std::uint64_t content) {
    return blocks > 1024 + content / 8 || dynamic > 1024 + content / 96;
}

// Takes a stream apart from bit `start_bit` on: up to its end, or the first end of a block with `piece` or more bytes of
// content. Nothing where it is not a valid stream, where its content exceeds `limit` bytes, or where it has too many
// blocks: both bound the memory.
std::optional<Stream> take_apart(const std::uint8_t* data, std::size_t size, std::uint64_t start_bit,
                                 const std::uint8_t* dictionary, std::size_t dictionary_size, std::size_t limit,
                                 std::size_t piece);

}  // namespace nacomp::transforms
