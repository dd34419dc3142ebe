// The next token as zlib would choose it, given all before it (TRANSFORMS.md, "Deflate: the expected token").
#pragma once

#include "matcher.h"

namespace nacomp::transforms {

// What is expected, and what was found there, whether it is to be copied or not.
struct Expectation {
    Token token;
    Match found;

    static constexpr int kContexts = 60;
    int context() const {
        static constexpr std::uint8_t kOfLength[] = {0, 0, 0, 1, 2, 3, 4, 5, 5, 6, 6, 6, 6, 6, 6, 6, 6};
        const int size = found.length < 17 ? kOfLength[found.length] : found.length < 33 ? 7 : found.length < kLongest ? 8 : 9;
        const int far = found.distance <= 256 ? 0 : found.distance <= 4096 ? 1 : 2;
        return 20 * far + (token == kLiteral ? size : 10 + size);
    }
};

class Predictor {
public:
    Predictor(const std::vector<std::uint8_t>& bytes, const Parameters& parameters)
        : parameters_(parameters), matcher_(bytes, parameters) {}

    Expectation expect(std::uint32_t at) {
        switch (parameters_.search) {
            case Search::kLiterals: return {kLiteral, {}};
            case Search::kRuns: return copy_of(run(at));
            case Search::kGreedy: return copy_of(matcher_.longest(at, kShortest - 1, parameters_.chain));
            default: return expect_lazy(at);
        }
    }

    // The token that stands there.
    void learn(std::uint32_t at, Token token) {
        const auto length = static_cast<std::uint32_t>(width(token));
        if (parameters_.search == Search::kGreedy && length > parameters_.lazy) matcher_.hide(at, at + length);
    }

    Matcher& matcher() { return matcher_; }

private:
    static Expectation copy_of(Match match) {
        if (match.length < kShortest) return {kLiteral, {}};
        return {{static_cast<std::uint16_t>(match.length), static_cast<std::uint16_t>(match.distance)}, match};
    }

    Match run(std::uint32_t at) const {
        if (at == 0) return {};
        return {matcher_.same(at - 1, at, std::min<std::uint32_t>(kLongest, matcher_.size() - at)), 1};
    }

    Expectation expect_lazy(std::uint32_t at) {
        const Match here = at == kept_at_ ? kept_ : look(at, kShortest - 1);
        if (here.length >= kShortest && here.length < parameters_.lazy) {
            const Match next = look(at + 1, here.length);
            if (next.length > here.length) {
                kept_at_ = at + 1;
                kept_ = next;
                return {kLiteral, here};
            }
        }
        return copy_of(here);
    }

    Match look(std::uint32_t at, std::uint32_t than) {
        const std::uint32_t chain = than >= parameters_.good ? parameters_.chain / 4 : parameters_.chain;
        const Match found = matcher_.longest(at, than, chain);
        const bool far = found.length == kShortest && found.distance > parameters_.farthest_three();
        return far || (parameters_.filtered && found.length <= 5) ? Match{kShortest - 1, 0} : found;
    }

    const Parameters& parameters_;
    Matcher matcher_;
    std::uint32_t kept_at_ = 0xffffffffu;
    Match kept_;  // what was found at kept_at_ when the byte before was left a literal for it
};

}  // namespace nacomp::transforms
