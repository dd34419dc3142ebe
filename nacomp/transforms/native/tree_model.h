// Says which Huffman codes a dynamic block has, given those that zlib would have made.
#pragma once

#include <array>

#include "binary_coder.h"
#include "zlib_trees.h"

namespace nacomp::transforms {

// Code lengths against expected ones.
class LengthsModel {
public:
    // `expected` has `most` lengths, `lengths` takes as many; the first `count` count, at least `fewest`.
    template <class Coder>
    void code(Coder& coder, const std::uint8_t* expected, std::uint8_t* lengths, int most) {
        int differ = 0;
        for (int i = 0; i < most; ++i) differ += lengths[i] != expected[i];
        if (coder.code(same_, differ == 0)) {
            std::copy_n(expected, most, lengths);
            return;
        }
        int last = 0;  // 1 if the one before differs
        for (int i = 0; i < most; ++i) {
            lengths[i] = static_cast<std::uint8_t>(code_one(coder, expected[i], lengths[i], last));
            last = lengths[i] != expected[i];
        }
    }

private:
    template <class Coder>
    int code_one(Coder& coder, int expected, int length, int last) {
        if (coder.code(hit_[expected != 0][last], length == expected)) return expected;
        if (expected == 0) return static_cast<int>(fresh_.code(coder, static_cast<std::uint32_t>(length)));
        if (coder.code(gone_, length == 0)) return 0;
        const bool longer = coder.code(longer_, length > expected);
        const auto off = numbers_.code(coder, static_cast<std::uint32_t>(longer ? length - expected - 1 : expected - length - 1));
        const std::int64_t found = longer ? expected + 1 + std::int64_t{off} : expected - 1 - std::int64_t{off};
        if (found < 1 || found > 15) throw Corrupt("a Huffman code in a deflate stream is longer than any may be");
        return static_cast<int>(found);
    }

    Chance same_, gone_, longer_;
    std::array<std::array<Chance, 2>, 2> hit_;
    TreeModel<4> fresh_;
    NumberModel numbers_;
};

// A count against an expected one.
template <int kBits>
class CountModel {
public:
    template <class Coder>
    int code(Coder& coder, int expected, int fewest, int count) {
        if (coder.code(hit_, count == expected)) return expected;
        return fewest + static_cast<int>(numbers_.code(coder, static_cast<std::uint32_t>(count - fewest)));
    }

private:
    Chance hit_;
    TreeModel<kBits> numbers_;
};

class TreesModel {
public:
    // An encoder's `trees` are given, a decoder's are filled in. `expected`: the lengths that zlib would give.
    template <class Coder>
    void code(Coder& coder, const Trees& expected, bool joint, Trees& trees) {
        literal_lengths_.code(coder, expected.literal_lengths.data(), trees.literal_lengths.data(), kLiteralCodes);
        distance_lengths_.code(coder, expected.distance_lengths.data(), trees.distance_lengths.data(), kDistanceCodes);
        const int literals = std::max(257, used(trees.literal_lengths.data(), kLiteralCodes));
        const int distances = std::max(1, used(trees.distance_lengths.data(), kDistanceCodes));
        trees.literals = literals_.code(coder, literals, 257, trees.literals);
        trees.distances = distances_.code(coder, distances, 1, trees.distances);
        if (trees.literals < literals || trees.literals > kLiteralCodes || trees.distances < distances ||
            trees.distances > kDistanceCodes)
            throw Corrupt("a deflate block counts its Huffman codes wrongly");
        code_runs(coder, joint, trees);
        code_length_lengths(coder, trees);
    }

private:
    template <class Coder>
    void code_runs(Coder& coder, bool joint, Trees& trees) {
        std::array<std::uint8_t, kLiteralCodes + kDistanceCodes> lengths;
        std::copy_n(trees.literal_lengths.begin(), trees.literals, lengths.begin());
        std::copy_n(trees.distance_lengths.begin(), trees.distances, lengths.begin() + trees.literals);
        const int all = trees.literals + trees.distances;
        std::vector<Run> runs;
        for (int at = 0; at < all;) {
            const bool first = joint || at < trees.literals;
            const Run expected = expect_run(lengths.data(), at, first ? 0 : trees.literals,
                                            !joint && first ? trees.literals : all);
            const Run given = Coder::kDecodes ? Run{0, 0} : trees.runs[runs.size()];
            const Run run = coder.code(run_hit_[expected.symbol < 16 ? 3 : expected.symbol - 16], given == expected)
                                ? expected
                                : code_run(coder, lengths[at], given);
            check_run(lengths.data(), at, all, run);
            runs.push_back(run);
            at += run.repeat;
        }
        trees.runs = std::move(runs);
    }

    template <class Coder>
    Run code_run(Coder& coder, std::uint8_t length, Run given) {
        if (!coder.code(repeats_, given.symbol >= 16)) return {length, 1};
        if (length != 0 || coder.code(repeats_zero_, given.symbol == 16))
            return {16, static_cast<std::uint8_t>(3 + repeat_16_.code(coder, static_cast<std::uint32_t>(given.repeat - 3) & 3))};
        if (coder.code(short_, given.symbol == 17))
            return {17, static_cast<std::uint8_t>(3 + repeat_17_.code(coder, static_cast<std::uint32_t>(given.repeat - 3) & 7))};
        return {18, static_cast<std::uint8_t>(11 + repeat_18_.code(coder, static_cast<std::uint32_t>(given.repeat - 11) & 127))};
    }

    static void check_run(const std::uint8_t* lengths, int at, int all, Run run) {
        bool fits = at + run.repeat <= all && (run.symbol != 16 || at > 0);
        const int wanted = run.symbol < 16 ? run.symbol : run.symbol == 16 && fits ? lengths[at - 1] : 0;
        for (int i = 0; fits && i < run.repeat; ++i) fits = lengths[at + i] == wanted;
        if (!fits) throw Corrupt("a deflate block's header does not spell its Huffman codes");
    }

    template <class Coder>
    void code_length_lengths(Coder& coder, Trees& trees) {
        std::array<std::uint32_t, kLengthCodes> frequencies{};
        for (const Run& run : trees.runs) ++frequencies[run.symbol];
        std::array<std::uint8_t, kLengthCodes> expected;
        build_lengths(frequencies.data(), kLengthCodes, 7, expected.data());
        length_lengths_.code(coder, expected.data(), trees.length_lengths.data(), kLengthCodes);
        int needed = kLengthCodes;
        while (needed > 4 && trees.length_lengths[kLengthOrder[needed - 1]] == 0) --needed;
        trees.lengths = lengths_.code(coder, needed, 4, trees.lengths);
        if (trees.lengths < needed || trees.lengths > kLengthCodes)
            throw Corrupt("a deflate block counts the codes of its code lengths wrongly");
        for (const std::uint8_t length : trees.length_lengths)
            if (length > 7) throw Corrupt("a code of code lengths in a deflate block is longer than any may be");
    }

    LengthsModel literal_lengths_, distance_lengths_, length_lengths_;
    CountModel<5> literals_, distances_;
    CountModel<4> lengths_;
    std::array<Chance, 4> run_hit_;
    Chance repeats_, repeats_zero_, short_;
    TreeModel<2> repeat_16_;
    TreeModel<3> repeat_17_;
    TreeModel<7> repeat_18_;
};

}  // namespace nacomp::transforms
