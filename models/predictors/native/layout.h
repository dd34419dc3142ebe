// What the predictors know of a vocabulary, and the fallback row over it. Mirrors order0.py.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "dense.h"
#include "tables.h"

namespace nacomp {

struct Layout {
    int size;                          // token ids, V
    int token_pages;                   // pages they fill; the escapes' page follows
    std::vector<std::int32_t> widths;  // (V,) bytes; -1 - bytes behind the last line end; kUnspoken: control tokens

    static constexpr std::int32_t kUnspoken = INT32_MIN;
    int pages() const { return token_pages + 1; }
    Symbol first_escape() const { return token_pages * static_cast<int>(kPage); }
    Symbol symbols() const { return pages() * static_cast<int>(kPage); }
    // Whether an id below the escapes may be coded: not those of control tokens, nor those behind the last token.
    bool speakable(Symbol token) const { return token < size && widths[token] != kUnspoken; }
};

// How often each symbol came in this block: the row where no language model is asked.
class Fallback {
public:
    explicit Fallback(const Layout& layout)
        : weights(layout.symbols(), 0), sums(layout.pages(), 0), first_escape_(layout.first_escape()) {
        for (Symbol i = 0; i < layout.size; ++i) add(i, layout.speakable(i) ? 256 : 0);
        for (Symbol i = first_escape_; i < layout.symbols(); ++i) add(i, 1);
    }

    // (256,) weights of the escapes beside a language-model row that weighs `tokens`.
    void escapes(std::int64_t tokens, std::int64_t* out) const {
        const double share = static_cast<double>(tokens) / static_cast<double>(total);
        for (std::size_t i = 0; i < kPage; ++i)
            out[i] = static_cast<std::int64_t>(std::floor(static_cast<double>(weights[first_escape_ + i]) * share)) + 1;
    }

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

}  // namespace nacomp
