// Says which token stands somewhere, in as few decisions as the predictor leaves open.
#pragma once

#include <array>
#include <vector>

#include "binary_coder.h"
#include "predictor.h"

namespace nacomp::transforms {

class TokenModel {
public:
    TokenModel(const std::vector<std::uint8_t>& bytes, const Parameters& parameters) : predictor_(bytes, parameters) {
        for (auto& row : expected_) row.fill(parameters.rough ? Chance(0xd000, 0) : Chance(0xff00, 8));
        odd_ = Chance(0x0100, 8);
    }

    // The token at `at`: an encoder's is given, a decoder's is found.
    template <class Coder>
    Token code(Coder& coder, std::uint32_t at, Token token = kLiteral) {
        const Expectation expected = predictor_.expect(at);
        const Token even{static_cast<std::uint16_t>(width(token)), token.distance};
        const bool hit = coder.code(expected_[history_][expected.context()], even == expected.token);
        Token found = hit ? expected.token : code_other(coder, at, expected, even);
        if (found.length == kLongest && coder.code(odd_, token.length == kOddLongest)) found.length = kOddLongest;
        history_ = (hit ? 1u : 0u) + (found == kLiteral ? 2u : 0u);
        learn(at, found);
        return found;
    }

    void learn(std::uint32_t at, Token token) { predictor_.learn(at, token); }
    // Begins there, not at the first byte: for samples.
    void skip_to(std::uint32_t place) { predictor_.matcher().skip_to(place); }

private:
    static constexpr int kDeepest = 4;

    template <class Coder>
    Token code_other(Coder& coder, std::uint32_t at, const Expectation& expected, Token token) {
        const bool literal_expected = expected.token == kLiteral;
        if (!literal_expected && coder.code(literal_[expected.context()], token == kLiteral)) return kLiteral;
        find_steps(at);
        const int step = code_step(coder, expected.token, token.length);
        std::uint32_t length, distance;
        if (step < 0) {
            length = lengths_.code(coder, token.length - kShortest) + kShortest;
            distance = distances_.code(coder, token.distance - 1) + 1;
        } else {
            length = code_length(coder, step, token.length);
            distance = code_distance(coder, at, expected.token, length, steps_[step], token.distance);
        }
        if (Coder::kDecodes) check(at, length, distance);
        return {static_cast<std::uint16_t>(length), static_cast<std::uint16_t>(distance)};
    }

    // The copies that an encoder would think of: for every length the nearest, only those longer than all nearer ones.
    void find_steps(std::uint32_t at) {
        steps_.clear();
        predictor_.matcher().candidates(at, [this](std::uint32_t length, std::uint32_t distance) {
            if (steps_.empty() || length > steps_.back().length) steps_.push_back({length, distance});
            return length < kLongest;
        });
    }

    // Which step has the nearest place for a length; -1 if none has.
    template <class Coder>
    int code_step(Coder& coder, Token expected, std::uint32_t length) {
        const auto last = static_cast<int>(steps_.size()) - 1;
        if (coder.code(outside_, last < 0 || length > steps_[last].length)) return -1;
        if (last < 0) throw Corrupt("a copy in a deflate stream comes from a place that its content does not have");
        for (int step = last; step > 0; --step) {
            const std::uint32_t reach = steps_[step].length;
            const int relation = expected == kLiteral ? 0 : reach == expected.length ? 1 : reach < expected.length ? 2 : 3;
            if (coder.code(step_[std::min(last - step, kDeepest - 1)][relation], length > steps_[step - 1].length)) return step;
        }
        return 0;
    }

    // How many bytes of a step are copied: all, or so many fewer.
    template <class Coder>
    std::uint32_t code_length(Coder& coder, int step, std::uint32_t length) {
        const std::uint32_t most = steps_[step].length, least = step > 0 ? steps_[step - 1].length + 1 : kShortest;
        if (most == least || coder.code(whole_[std::min(most, 19u)], length == most)) return most;
        if (most == least + 1) return least;
        const std::uint32_t fewer = fewer_[std::min(most, 19u)].code(coder, most - length - 1) + 1;
        if (fewer > most - least) throw Corrupt("a copy in a deflate stream is shorter than any may be");
        return most - fewer;
    }

    template <class Coder>
    std::uint32_t code_distance(Coder& coder, std::uint32_t at, Token expected, std::uint32_t length, Match nearest,
                                std::uint32_t distance) {
        const bool ruled_out = expected.length == length && expected.distance == nearest.distance;
        if (!ruled_out && coder.code(nearest_[length > 5 ? 3 : length - 3], distance == nearest.distance)) return nearest.distance;
        const std::uint32_t rank = ranks_.code(coder, Coder::kDecodes ? 0 : rank_of(at, length, distance));
        return rank == 0 ? distances_.code(coder, distance - 1) + 1 : distance_at(at, length, rank);
    }

    // 1 for the second nearest place from which so many bytes can be copied, and so on; 0 if it is not among them.
    std::uint32_t rank_of(std::uint32_t at, std::uint32_t length, std::uint32_t wanted) {
        std::uint32_t count = 0, rank = 0;
        predictor_.matcher().candidates(at, [&](std::uint32_t found, std::uint32_t distance) {
            if (found < length) return true;
            if (distance == wanted) rank = count;
            ++count;
            return distance < wanted;
        });
        return rank;
    }

    std::uint32_t distance_at(std::uint32_t at, std::uint32_t length, std::uint32_t rank) {
        std::uint32_t count = 0, result = 0;
        predictor_.matcher().candidates(at, [&](std::uint32_t found, std::uint32_t distance) {
            if (found < length) return true;
            if (count == rank) result = distance;
            return count++ < rank;
        });
        return result;
    }

    // What a damaged description may ask for and no content allows.
    void check(std::uint32_t at, std::uint32_t length, std::uint32_t distance) {
        const Matcher& matcher = predictor_.matcher();
        if (distance == 0 || distance > std::min<std::uint32_t>(at, kWindow) || length > matcher.size() - at ||
            matcher.same(at - distance, at, length) != length)
            throw Corrupt("a copy in a deflate stream gives other bytes than its content has");
    }

    Predictor predictor_;
    std::vector<Match> steps_;
    std::uint32_t history_ = 3;  // 1 if the last token was the expected one, + 2 if it was a literal
    std::array<std::array<Chance, Expectation::kContexts>, 4> expected_;
    std::array<Chance, Expectation::kContexts> literal_;
    std::array<std::array<Chance, 4>, kDeepest> step_;
    std::array<Chance, 4> nearest_;
    Chance outside_, odd_;
    std::array<Chance, 20> whole_;
    std::array<NumberModel, 20> fewer_;
    TreeModel<8> lengths_;
    NumberModel distances_, ranks_;
};

}  // namespace nacomp::transforms
