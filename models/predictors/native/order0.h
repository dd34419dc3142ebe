// The order-0 row. Mirrors order0.py.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "vocabulary.h"

namespace nacomp::predictors {

// How often each symbol came in this block: the base row where no language model is asked.
class Order0Row {
public:
    explicit Order0Row(const Vocabulary& vocabulary)
        : weights(vocabulary.symbols(), 0), sums(vocabulary.pages(), 0), first_escape_(vocabulary.first_escape()) {
        for (Symbol i = 0; i < vocabulary.size; ++i) add(i, vocabulary.codable(i) ? 256 : 0);
        for (Symbol i = first_escape_; i < vocabulary.symbols(); ++i) add(i, 1);
    }

    // (256,) those of the escapes
    const std::uint32_t* escapes() const { return weights.data() + first_escape_; }

    void learn(Symbol symbol) {
        if (weights[symbol] < 1u << 31) add(symbol, 2048);
    }

    std::vector<std::uint32_t> weights;  // (pages * 256,)
    std::vector<std::int64_t> sums;      // (pages,)
    std::int64_t total = 0;

private:
    void add(Symbol symbol, std::uint32_t weight) {
        weights[symbol] += weight;
        sums[symbol >> 8] += weight;
        total += weight;
    }

    Symbol first_escape_;
};

}  // namespace nacomp::predictors
