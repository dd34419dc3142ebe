// Says what a block is: its kind, its tokens and where they end, its Huffman codes.
#pragma once

#include <vector>

#include "token_model.h"
#include "tree_model.h"

namespace nacomp::transforms {

// Where zlib, or GNU gzip, ends a block: after so many tokens, or where it seems to compress well enough.
class BlockEnd {
public:
    BlockEnd(const Parameters& parameters, std::uint32_t start) : parameters_(parameters), start_(start) {}

    // Whether the block ends with this token.
    bool after(std::uint32_t at, Token token) {
        ++tokens_;
        if (token.length > 1) {
            ++copies_;
            copy_bits_ += 5 + kDistanceExtra[distance_index(token.distance)];
        }
        return tokens_ == parameters_.capacity || (parameters_.truncates && tokens_ % 4096 == 0 && compresses_well(at));
    }

private:
    // GNU gzip's estimate: a byte for a token, and the copies' distances.
    bool compresses_well(std::uint32_t at) const {
        const std::uint64_t out = (std::uint64_t{8} * tokens_ + copy_bits_) / 8;
        const std::uint32_t in = at - start_ + (parameters_.search == Search::kLazy ? 1 : 0);
        return copies_ < tokens_ / 2 && out < in / 2;
    }

    const Parameters& parameters_;
    std::uint32_t start_, tokens_ = 0, copies_ = 0;
    std::uint64_t copy_bits_ = 0;
};

// One block: what stands in a Stream, and what a decoder makes.
struct BlockContent {
    BlockKind kind = BlockKind::kStored;
    std::uint8_t padding = 0;
    std::uint32_t size = 0;  // of a stored block
    std::vector<Token> tokens;
    Trees trees;
};

class BlockModel {
public:
    BlockModel(const std::vector<std::uint8_t>& bytes, const Parameters& parameters)
        : parameters_(parameters), end_(static_cast<std::uint32_t>(bytes.size())), bytes_(bytes), tokens_(bytes, parameters) {}

    // The block at `at`; gives where the next one begins. `bit`: where the bits behind its kind stand.
    template <class Coder>
    std::uint32_t code(Coder& coder, std::uint32_t at, std::uint64_t bit, BlockContent& block) {
        const bool stored = coder.code(stored_[was_stored_], block.kind == BlockKind::kStored);
        was_stored_ = stored;
        if (stored) {
            block.kind = BlockKind::kStored;
            return code_stored(coder, at, bit, block);
        }
        Frequencies frequencies;
        at = code_tokens(coder, at, block.tokens, frequencies);
        Trees expected;
        build_lengths(frequencies.literals.data(), kLiteralCodes, 15, expected.literal_lengths.data());
        build_lengths(frequencies.distances.data(), kDistanceCodes, 15, expected.distance_lengths.data());
        const bool fixed = coder.code(fixed_[expect_fixed(frequencies, expected)], block.kind == BlockKind::kFixed);
        block.kind = fixed ? BlockKind::kFixed : BlockKind::kDynamic;
        if (!fixed) trees_.code(coder, expected, parameters_.joint, block.trees);
        return at;
    }

    // Whether another block follows, at `at`.
    template <class Coder>
    bool code_more(Coder& coder, std::uint32_t at, bool more) {
        return coder.code(more_[at == end_], more);
    }

    // The bits that fill the last byte of a stream that ends at `bit`.
    template <class Coder>
    std::uint32_t code_fill(Coder& coder, std::uint64_t bit, std::uint32_t padding) {
        const auto fill = static_cast<int>((8 - bit % 8) % 8);
        if (fill == 0 || !coder.code(padded_, padding != 0)) return 0;
        padding = padding_.code(coder, padding);
        if (padding >> fill) throw Corrupt("the bits that fill a byte of a deflate stream are more than there may be");
        return padding;
    }

private:
    template <class Coder>
    std::uint32_t code_stored(Coder& coder, std::uint32_t at, std::uint64_t bit, BlockContent& block) {
        block.padding = static_cast<std::uint8_t>(code_fill(coder, bit, block.padding));
        const std::uint32_t rest = std::min<std::uint32_t>(end_ - at, 65535);
        if (coder.code(stored_rest_, block.size == rest))
            block.size = rest;
        else if (coder.code(stored_again_, block.size == last_stored_))
            block.size = last_stored_;
        else
            block.size = stored_size_.code(coder, block.size);
        if (block.size > rest) throw Corrupt("a stored deflate block is longer than its content");
        last_stored_ = block.size;
        return at + block.size;
    }

    template <class Coder>
    std::uint32_t code_tokens(Coder& coder, std::uint32_t at, std::vector<Token>& tokens, Frequencies& frequencies) {
        const bool regular = coder.code(regular_, !Coder::kDecodes && is_regular(at, tokens));
        std::uint32_t count = 0;
        if (!regular) count = count_.code(coder, static_cast<std::uint32_t>(tokens.size()));
        if (!regular && count > end_ - at) throw Corrupt("a deflate block has more tokens than its content has bytes");
        BlockEnd block_end(parameters_, at);
        frequencies.literals[kEndOfBlock] = 1;
        for (std::uint32_t i = 0; regular ? at < end_ : i < count; ++i) {
            if (at >= end_) throw Corrupt("a deflate block has more tokens than its content has bytes");
            if (Coder::kDecodes) tokens.push_back(kLiteral);
            tokens[i] = tokens_.code(coder, at, tokens[i]);
            tally(at, tokens[i], frequencies);
            const bool ends = block_end.after(at, tokens[i]);
            at += static_cast<std::uint32_t>(width(tokens[i]));
            if (regular && ends) break;
        }
        return at;
    }

    // Whether exactly these tokens stand in a block by the rule.
    bool is_regular(std::uint32_t at, const std::vector<Token>& tokens) const {
        BlockEnd block_end(parameters_, at);
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            if (block_end.after(at, tokens[i])) return i + 1 == tokens.size();
            at += static_cast<std::uint32_t>(width(tokens[i]));
        }
        return at == end_;
    }

    void tally(std::uint32_t at, Token token, Frequencies& frequencies) const {
        if (token == kLiteral) {
            ++frequencies.literals[bytes_[at]];
            return;
        }
        ++frequencies.literals[257 + length_index(token.length)];
        ++frequencies.distances[distance_index(token.distance)];
    }

    const Parameters& parameters_;
    std::uint32_t end_;
    const std::vector<std::uint8_t>& bytes_;
    TokenModel tokens_;
    TreesModel trees_;
    std::array<Chance, 2> stored_, fixed_, more_;
    Chance padded_, stored_rest_, stored_again_, regular_;
    TreeModel<7> padding_;
    NumberModel stored_size_, count_;
    std::uint32_t last_stored_ = 0;
    bool was_stored_ = false;
};

}  // namespace nacomp::transforms
