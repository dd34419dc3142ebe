#include "stream.h"

#include <algorithm>

#include "bits.h"
#include "huffman.h"

namespace nacomp::transforms {
namespace {

class Parser {
public:
    Parser(BitReader reader, std::size_t limit, Stream& stream)
        : reader_(reader), byte_start_(reader.position() / 8 * 8), limit_(limit), stream_(stream) {}

    // One block; false where it is none.
    bool block(bool& final) {
        final = reader_.read(1) != 0;
        const std::uint32_t kind = reader_.read(2);
        Block block;
        block.start = static_cast<std::uint32_t>(stream_.bytes.size());
        block.first_token = stream_.tokens.size();
        block.bit = reader_.position() - byte_start_;
        if (kind > 2) return false;
        block.kind = static_cast<BlockKind>(kind);
        if (!(kind == 0 ? stored(block) : coded(block)) || reader_.overrun()) return false;
        block.size = static_cast<std::uint32_t>(stream_.bytes.size() - block.start);
        block.tokens = static_cast<std::uint32_t>(stream_.tokens.size() - block.first_token);
        stream_.blocks.push_back(block);
        return !too_many_blocks(stream_.blocks.size(), stream_.trees.size(), content());
    }

    std::size_t content() const { return stream_.bytes.size() - stream_.dictionary; }
    BitReader& reader() { return reader_; }

private:
    bool stored(Block& block) {
        const int fill = static_cast<int>((8 - reader_.position() % 8) % 8);
        block.padding = static_cast<std::uint8_t>(reader_.read(fill));
        const std::uint32_t size = reader_.read(16);
        if (reader_.read(16) != (size ^ 0xffff) || content() + size > limit_) return false;
        for (std::uint32_t i = 0; i < size; ++i) stream_.bytes.push_back(static_cast<std::uint8_t>(reader_.read(8)));
        return true;
    }

    bool coded(Block& block) {
        if (block.kind == BlockKind::kFixed) {
            std::array<std::uint8_t, 288> lengths;
            for (int i = 0; i < 288; ++i) lengths[i] = static_cast<std::uint8_t>(fixed_length(i));
            std::array<std::uint8_t, 32> fives;
            fives.fill(5);
            literals_.build(lengths.data(), 288, false);
            distances_.build(fives.data(), 32, false);
        } else {
            Trees trees;
            if (!header(trees)) return false;
            block.trees = static_cast<std::uint32_t>(stream_.trees.size());
            stream_.trees.push_back(std::move(trees));
        }
        return tokens();
    }

    bool header(Trees& trees) {
        trees.literals = static_cast<int>(reader_.read(5)) + 257;
        trees.distances = static_cast<int>(reader_.read(5)) + 1;
        trees.lengths = static_cast<int>(reader_.read(4)) + 4;
        if (trees.literals > kLiteralCodes || trees.distances > kDistanceCodes) return false;
        for (int i = 0; i < trees.lengths; ++i)
            trees.length_lengths[kLengthOrder[i]] = static_cast<std::uint8_t>(reader_.read(3));
        HuffmanDecoder decoder;
        if (!decoder.build(trees.length_lengths.data(), kLengthCodes, false)) return false;
        std::vector<std::uint8_t> lengths;
        const std::size_t all = static_cast<std::size_t>(trees.literals + trees.distances);
        while (lengths.size() < all)
            if (!run(decoder, trees, lengths) || lengths.size() > all) return false;
        std::copy_n(lengths.begin(), trees.literals, trees.literal_lengths.begin());
        std::copy_n(lengths.begin() + trees.literals, trees.distances, trees.distance_lengths.begin());
        return trees.literal_lengths[kEndOfBlock] != 0 &&
               literals_.build(trees.literal_lengths.data(), kLiteralCodes, true) &&
               distances_.build(trees.distance_lengths.data(), kDistanceCodes, true);
    }

    bool run(const HuffmanDecoder& decoder, Trees& trees, std::vector<std::uint8_t>& lengths) {
        const int symbol = decoder.decode(reader_);
        if (symbol < 0 || reader_.overrun() || (symbol == 16 && lengths.empty())) return false;
        std::uint32_t repeat = 1;
        if (symbol == 16) repeat = 3 + reader_.read(2);
        if (symbol == 17) repeat = 3 + reader_.read(3);
        if (symbol == 18) repeat = 11 + reader_.read(7);
        const std::uint8_t length = symbol < 16 ? static_cast<std::uint8_t>(symbol) : symbol == 16 ? lengths.back() : 0;
        lengths.insert(lengths.end(), repeat, length);
        trees.runs.push_back({static_cast<std::uint8_t>(symbol), static_cast<std::uint8_t>(repeat)});
        return true;
    }

    bool tokens() {
        std::vector<std::uint8_t>& bytes = stream_.bytes;
        for (;;) {
            const int symbol = literals_.decode(reader_);
            if (symbol == kEndOfBlock) return true;
            if (symbol < 0 || symbol >= kLiteralCodes || reader_.overrun()) return false;
            if (symbol < 256) {
                if (content() >= limit_) return false;
                bytes.push_back(static_cast<std::uint8_t>(symbol));
                stream_.tokens.push_back(kLiteral);
            } else if (!copy(symbol - 257)) {
                return false;
            }
        }
    }

    bool copy(int index) {
        std::vector<std::uint8_t>& bytes = stream_.bytes;
        const std::uint32_t length = kLengthBase[index] + reader_.read(kLengthExtra[index]);
        const int symbol = distances_.decode(reader_);
        if (symbol < 0 || symbol >= kDistanceCodes) return false;
        const std::uint32_t distance = kDistanceBase[symbol] + reader_.read(kDistanceExtra[symbol]);
        if (distance > bytes.size() || content() + length > limit_) return false;
        const bool odd = index == 27 && length == kLongest;
        stream_.tokens.push_back({static_cast<std::uint16_t>(odd ? kOddLongest : length), static_cast<std::uint16_t>(distance)});
        const std::size_t at = bytes.size();
        bytes.resize(at + length);
        for (std::size_t i = at; i < at + length; ++i) bytes[i] = bytes[i - distance];
        return true;
    }

    BitReader reader_;
    std::uint64_t byte_start_;
    std::size_t limit_;
    Stream& stream_;
    HuffmanDecoder literals_, distances_;
};

}  // namespace

std::optional<Stream> take_apart(const std::uint8_t* data, std::size_t size, std::uint64_t start_bit,
                                 const std::uint8_t* dictionary, std::size_t dictionary_size, std::size_t limit,
                                 std::size_t piece) {
    Stream stream;
    stream.bytes.assign(dictionary, dictionary + dictionary_size);
    stream.dictionary = dictionary_size;
    Parser parser(BitReader(data, size, start_bit), limit, stream);
    while (!stream.final && (stream.blocks.empty() || parser.content() < piece))
        if (!parser.block(stream.final)) return std::nullopt;
    stream.bits = parser.reader().position() - start_bit;
    const int fill = static_cast<int>((8 - parser.reader().position() % 8) % 8);
    if (stream.final) stream.padding = static_cast<std::uint8_t>(parser.reader().read(fill));
    return stream;
}

}  // namespace nacomp::transforms
