#include "deflate.h"

#include <algorithm>

#include "block_model.h"
#include "choose.h"
#include "huffman.h"

namespace nacomp::transforms {
namespace {

constexpr std::uint8_t kFinal = 8;  // above the three bits of `lead` in the first byte

std::size_t most_bytes(std::size_t content, std::size_t corrections) { return 2 * content + 512 * corrections + 1024; }

std::vector<std::uint8_t> describe(const Stream& stream, const Parameters& parameters, std::uint64_t start_bit) {
    std::vector<std::uint8_t> out = {static_cast<std::uint8_t>(start_bit % 8 | (stream.final ? kFinal : 0))};
    write_parameters(parameters, out);
    DecisionEncoder coder;
    BlockModel model(stream.bytes, parameters);
    auto at = static_cast<std::uint32_t>(stream.dictionary);
    for (const Block& block : stream.blocks) {
        BlockContent content{block.kind, block.padding, block.size, {}, {}};
        const auto first = stream.tokens.begin() + static_cast<std::ptrdiff_t>(block.first_token);
        content.tokens.assign(first, first + block.tokens);
        if (block.kind == BlockKind::kDynamic) content.trees = stream.trees[block.trees];
        at = model.code(coder, at, block.bit, content);
        model.code_more(coder, at, &block != &stream.blocks.back());
    }
    if (stream.final) model.code_fill(coder, start_bit % 8 + stream.bits, stream.padding);
    const std::vector<std::uint8_t> decisions = coder.finish();
    out.insert(out.end(), decisions.begin(), decisions.end());
    return out;
}

// Writes a block's bits.
class BlockWriter {
public:
    BlockWriter(const std::vector<std::uint8_t>& bytes, BitWriter& writer) : bytes_(bytes), writer_(writer) {}

    // `at`: where the block's content begins, `end`: and ends.
    void write(const BlockContent& block, std::uint32_t at, std::uint32_t end) {
        if (block.kind == BlockKind::kStored) return stored(block, at, end);
        if (block.kind == BlockKind::kFixed) {
            std::array<std::uint8_t, 288> lengths;
            for (int i = 0; i < 288; ++i) lengths[i] = static_cast<std::uint8_t>(fixed_length(i));
            std::array<std::uint8_t, 32> fives;
            fives.fill(5);
            codes(lengths.data(), 288, fives.data(), 32);
        } else {
            header(block.trees);
            codes(block.trees.literal_lengths.data(), kLiteralCodes, block.trees.distance_lengths.data(), kDistanceCodes);
        }
        for (const Token token : block.tokens) {
            write_token(token, at);
            at += static_cast<std::uint32_t>(width(token));
        }
        literal(kEndOfBlock);
    }

private:
    void stored(const BlockContent& block, std::uint32_t at, std::uint32_t end) {
        writer_.write(block.padding, static_cast<int>((8 - writer_.position() % 8) % 8));
        writer_.write(block.size, 16);
        writer_.write(block.size ^ 0xffff, 16);
        for (; at < end; ++at) writer_.write(bytes_[at], 8);
    }

    void header(const Trees& trees) {
        writer_.write(static_cast<std::uint32_t>(trees.literals - 257), 5);
        writer_.write(static_cast<std::uint32_t>(trees.distances - 1), 5);
        writer_.write(static_cast<std::uint32_t>(trees.lengths - 4), 4);
        for (int i = 0; i < trees.lengths; ++i) writer_.write(trees.length_lengths[kLengthOrder[i]], 3);
        const std::vector<std::uint16_t> codes = canonical_codes(trees.length_lengths.data(), kLengthCodes);
        for (const Run run : trees.runs) {
            const int length = trees.length_lengths[run.symbol];
            if (length == 0) throw Corrupt("a deflate block needs a code that it does not have");
            writer_.write(codes[run.symbol], length);
            if (run.symbol == 16) writer_.write(run.repeat - 3u, 2);
            if (run.symbol == 17) writer_.write(run.repeat - 3u, 3);
            if (run.symbol == 18) writer_.write(run.repeat - 11u, 7);
        }
    }

    void codes(const std::uint8_t* literals, int literal_count, const std::uint8_t* distances, int distance_count) {
        literal_lengths_.assign(literals, literals + literal_count);
        distance_lengths_.assign(distances, distances + distance_count);
        literal_codes_ = canonical_codes(literals, literal_count);
        distance_codes_ = canonical_codes(distances, distance_count);
    }

    void write_token(Token token, std::uint32_t at) {
        if (token == kLiteral) return literal(bytes_[at]);
        const int index = length_index(token.length);
        literal(257 + index);
        writer_.write(static_cast<std::uint32_t>(width(token) - kLengthBase[index]), kLengthExtra[index]);
        const int far = distance_index(token.distance);
        if (distance_lengths_[far] == 0) throw Corrupt("a deflate block needs a code that it does not have");
        writer_.write(distance_codes_[far], distance_lengths_[far]);
        writer_.write(static_cast<std::uint32_t>(token.distance - kDistanceBase[far]), kDistanceExtra[far]);
    }

    void literal(int symbol) {
        if (literal_lengths_[symbol] == 0) throw Corrupt("a deflate block needs a code that it does not have");
        writer_.write(literal_codes_[symbol], literal_lengths_[symbol]);
    }

    const std::vector<std::uint8_t>& bytes_;
    BitWriter& writer_;
    std::vector<std::uint8_t> literal_lengths_, distance_lengths_;
    std::vector<std::uint16_t> literal_codes_, distance_codes_;
};

// Whether the stream that was opened is what comes back.
bool comes_back(const Rebuilt& rebuilt, Bytes data, std::uint64_t start_bit, const Stream& stream) {
    if (rebuilt.bits != stream.bits) return false;
    std::vector<std::uint8_t> bytes = rebuilt.bytes;
    const std::uint8_t* const original = data.data + start_bit / 8;
    const auto first = static_cast<std::uint8_t>((1 << start_bit % 8) - 1);
    bytes.front() |= original[0] & first;
    const int behind = static_cast<int>((start_bit + stream.bits) % 8);
    if (!stream.final && behind) bytes.back() |= static_cast<std::uint8_t>(original[bytes.size() - 1] & ~((1 << behind) - 1));
    return std::equal(bytes.begin(), bytes.end(), original);
}

}  // namespace

std::optional<Opened> open(Bytes data, std::uint64_t start_bit, Bytes dictionary, std::size_t limit, std::size_t piece) {
    std::optional<Stream> stream =
        take_apart(data.data, data.size, start_bit, dictionary.data, dictionary.size, limit, piece);
    if (!stream) return std::nullopt;
    Opened opened{{}, describe(*stream, choose_parameters(*stream), start_bit), stream->bits, stream->final};
    opened.content.assign(stream->bytes.begin() + static_cast<std::ptrdiff_t>(stream->dictionary), stream->bytes.end());
    const std::uint64_t bytes = (start_bit % 8 + stream->bits + 7) / 8;
    if (bytes > most_bytes(opened.content.size(), opened.corrections.size())) return std::nullopt;
    stream->tokens = {};
    stream->trees = {};
    const Bytes content{opened.content.data(), opened.content.size()};
    const Bytes corrections{opened.corrections.data(), opened.corrections.size()};
    if (!comes_back(rebuild(content, corrections, dictionary), data, start_bit, *stream)) return std::nullopt;
    return opened;
}

Rebuilt rebuild(Bytes content, Bytes corrections, Bytes dictionary, std::size_t limit) {
    if (corrections.size == 0) throw Corrupt("the description of a deflate stream ends early");
    if (content.size > kMostContent || dictionary.size > kMostDictionary)
        throw Corrupt("a deflate stream's content or dictionary is larger than any may be");
    const std::uint8_t first = corrections.data[0];
    if (first > 15) throw Corrupt("a description of a deflate stream begins with a byte that none begins with");
    Rebuilt rebuilt{{}, 0, first & 7, (first & kFinal) != 0};
    std::size_t header = 1;
    const Parameters parameters = read_parameters(corrections.data, corrections.size, header);
    std::vector<std::uint8_t> bytes(dictionary.data, dictionary.data + dictionary.size);
    bytes.insert(bytes.end(), content.data, content.data + content.size);
    DecisionDecoder coder(corrections.data + header, corrections.size - header);
    BlockModel model(bytes, parameters);
    BitWriter writer(std::min(limit, most_bytes(content.size, corrections.size)));
    writer.write(0, rebuilt.lead);
    BlockWriter block_writer(bytes, writer);
    auto at = static_cast<std::uint32_t>(dictionary.size);
    std::uint64_t blocks = 0, dynamic = 0;
    for (bool more = true; more;) {
        BlockContent block;
        const std::uint32_t end = model.code(coder, at, writer.position() + 3, block);
        more = model.code_more(coder, end, false);
        writer.write(!more && rebuilt.final ? 1 : 0, 1);
        writer.write(static_cast<std::uint32_t>(block.kind), 2);
        block_writer.write(block, at, end);
        at = end;
        ++blocks;
        dynamic += block.kind == BlockKind::kDynamic;
        if (too_many_blocks(blocks, dynamic, at - dictionary.size))
            throw Corrupt("a deflate stream has more blocks than its content allows");
    }
    if (at != bytes.size()) throw Corrupt("a deflate stream ends before its content");
    rebuilt.bits = writer.position() - static_cast<std::uint64_t>(rebuilt.lead);
    if (rebuilt.final) writer.write(model.code_fill(coder, writer.position(), 0), static_cast<int>((8 - writer.position() % 8) % 8));
    rebuilt.bytes = writer.finish();
    return rebuilt;
}

}  // namespace nacomp::transforms
