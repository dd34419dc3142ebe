// The language model's row and its corrections: a bias on every token's logit, and context biases on the likely tokens.
// Mirrors logit_bias.py, which says why.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <vector>

#include "history.h"
#include "initial_weights.h"
#include "kernels.h"
#include "native/prefetch.h"
#include "parameters.h"
#include "vocabulary.h"

namespace nacomp::predictors {

constexpr float kNeverCodedBias = -std::numeric_limits<float>::infinity();  // of what is never coded
constexpr int kLikely = 12;  // the most that `Rates::likely` may be
constexpr int kDistances = 16, kLikelihoods = kLikely + 1;

// Place of the highest one bit of a positive number.
inline int high_bit(std::int64_t value) {
#if defined(__GNUC__)
    return 63 - __builtin_clzll(static_cast<unsigned long long>(value));
#else
    int bit = -1;
    for (; value; value >>= 1) ++bit;
    return bit;
#endif
}

// One step on a bias with its sum of squared gradients.
inline void step(float& value, float& squares, double rate, double gradient) {
    const double e = static_cast<double>(squares) + gradient * gradient;
    value = static_cast<float>(static_cast<double>(value) - (rate * gradient) / std::sqrt(e));
    squares = static_cast<float>(e);
}

// Biases looked up by a context; a rate of 0 keeps all values as they are.
class BiasTable {
public:
    BiasTable(std::size_t entries, float squares, int rate)
        : entries_(entries, Entry{0.0f, squares}), rate_(rate / 65536.0) {}

    void set(const std::vector<double>& values) {
        for (std::size_t i = 0; i < entries_.size(); ++i) entries_[i].value = static_cast<float>(values[i]);
    }
    double operator[](std::uint32_t index) const { return entries_[index].value; }
    void prefetch(std::uint32_t index) const { prefetch_for_write(&entries_[index]); }
    void learn(std::uint32_t index, double gradient) {
        if (rate_ != 0.0) step(entries_[index].value, entries_[index].squares, rate_, gradient);
    }

private:
    struct Entry {
        float value, squares;
    };
    std::vector<Entry> entries_;
    double rate_;
};

// A likely token and its entries in the tables of context biases.
struct LikelyToken {
    Symbol token;
    std::uint32_t pair, gap, column, recency;
};

// A language-model row as integer weights, what its learning needs, and the space to make it in: rows of one step may be made at
// the same time.
struct BiasedRow {
    std::vector<std::uint32_t> weights;  // (token_pages * 256,) biases applied
    std::vector<std::int64_t> sums;      // (token_pages,)
    std::int64_t total = 0;
    std::vector<LikelyToken> likely;
    std::vector<float> padded;         // (token_pages * 256,) logits of a vocabulary that fills its last page in part
    std::vector<std::uint32_t> highs;  // (token_pages,) highest weight per page
    std::vector<double> factors;       // (likely token,) what weights are multiplied by
};

// All biases of one block, and the contexts of its streams.
class LogitBias {
public:
    LogitBias(const Vocabulary& vocabulary, const Rates& rates, int table_bits, int streams, const InitialWeights& initial,
              const Kernel& kernel)
        : vocabulary_(vocabulary),
          kernel_(kernel),
          likely_(rates.likely),
          shift_(62 - table_bits),
          bias_(vocabulary.token_pages * kPage, kNeverCodedBias),
          squares_(vocabulary.token_pages * kPage, 1.0f),
          rate_(rates.bias / 65536.0),
          pairs_(std::size_t{1} << (table_bits + 2), 0.2f, rates.pair),
          gaps_(std::size_t{1} << (table_bits + 2), 0.3f, rates.gap),
          columns_(std::size_t{1} << (table_bits + 2), 1.0f, rates.column),
          recency_(kDistances * kLikelihoods, 20.0f, rates.recency),
          contexts_(streams) {
        for (Symbol i = 0; i < vocabulary.size; ++i)
            if (vocabulary.codable(i)) bias_[i] = 0.0f;
        if (rates.recency) recency_.set(initial.recency);
    }

    // logits: (V,); throws std::invalid_argument where one is not finite.
    void weigh(int stream, const float* logits, BiasedRow& row) const {
        const int pages = vocabulary_.token_pages;
        if (vocabulary_.size % kPage) {
            row.padded.resize(pages * kPage);
            std::copy(logits, logits + vocabulary_.size, row.padded.begin());
            logits = row.padded.data();
        }
        row.weights.resize(pages * kPage);
        row.sums.resize(pages);
        row.highs.resize(pages);
        float top;
        if (!kernel_.highest(logits, bias_.data(), pages, &top)) throw std::invalid_argument("logits must be finite");
        kernel_.weigh(logits, bias_.data(), top, row.weights.data(), row.sums.data(), row.highs.data(), pages);
        std::int64_t total = 0;
        for (std::int64_t sum : row.sums) total += sum;
        row.total = total;
        row.likely.clear();
        const std::int64_t least = (total + (std::int64_t{1} << likely_) - 1) >> likely_;
        for (int page = 0; page < pages; ++page)
            if (row.highs[page] >= least) find_likely(stream, page, least, total, row);
        add_context_biases(row);
    }

    // Move the biases that made `row`, before `advance`. Four tables at once, so that roots and quotients are taken side by side,
    // took a third longer on Zen 3: one after the other they overlap by themselves.
    void learn(const BiasedRow& row, Symbol symbol) {
        const double total = static_cast<double>(row.total);
        bool likely = false;
        for (const LikelyToken& t : row.likely) {
            likely |= t.token == symbol;
            const double gradient = row.weights[t.token] / total - (t.token == symbol ? 1.0 : 0.0);
            if (rate_ != 0.0) step(bias_[t.token], squares_[t.token], rate_, gradient);
            pairs_.learn(t.pair, gradient);
            gaps_.learn(t.gap, gradient);
            columns_.learn(t.column, gradient);
            recency_.learn(t.recency, gradient);
        }
        if (!likely && symbol < vocabulary_.size && rate_ != 0.0)
            step(bias_[symbol], squares_[symbol], rate_, row.weights[symbol] / total - 1.0);
    }

    // Move a stream's context past a coded symbol.
    void advance(int stream, Symbol symbol) {
        StreamContext& context = contexts_[stream];
        std::int32_t width = 1;
        if (symbol < vocabulary_.size)
            width = vocabulary_.codable(symbol) ? vocabulary_.widths[symbol] : 0;
        else if (symbol == vocabulary_.first_escape() + '\n')
            width = -1;
        context.column = width < 0 ? static_cast<std::uint64_t>(-width - 1) : context.column + width;
        context.before_previous = context.previous;
        context.previous = symbol;
        if (context.last.empty()) context.last.assign(vocabulary_.token_pages * kPage, -1);
        if (symbol < vocabulary_.size) context.last[symbol] = context.position;
        ++context.position;
    }

private:
    struct StreamContext {
        Symbol previous = -1, before_previous = -1;
        std::uint64_t column = 0;
        std::int32_t position = 0;
        std::vector<std::int32_t> last;  // (token_pages * 256,) position of the token's latest occurrence, -1: none
    };

    // Lists a page's likely tokens and asks for their table entries: three tables of 2 MB each at the default size, where an
    // average row of the embedded model has 270 likely tokens. Waiting for each entry in turn was most of a row's time.
    void find_likely(int stream, int page, std::int64_t least, std::int64_t total, BiasedRow& row) const {
        const StreamContext& context = contexts_[stream];
        const std::uint64_t by_pair = static_cast<std::uint64_t>(context.previous + 2) * kMultiplier;
        const std::uint64_t by_gap = static_cast<std::uint64_t>(context.before_previous + 2) * kMultiplier;
        const std::uint64_t by_column = ((std::uint64_t{1} << 32) + context.column / 3) * kMultiplier;
        // Listed first without a branch: one in fifteen is likely, of which a processor foresees none.
        const Symbol first = page * static_cast<int>(kPage);
        std::uint16_t listed[kPage + 1];
        int count = 0;
        for (std::size_t i = 0; i < kPage; ++i) {
            listed[count] = static_cast<std::uint16_t>(i);
            count += row.weights[first + i] >= least;
        }
        for (int i = 0; i < count; ++i) {
            const Symbol token = first + listed[i];
            if (!vocabulary_.codable(token)) continue;
            const LikelyToken t{token, entry(by_pair, token), entry(by_gap, token), entry(by_column, token),
                                recency(context, token, row.weights[token], total)};
            pairs_.prefetch(t.pair);
            gaps_.prefetch(t.gap);
            columns_.prefetch(t.column);
            row.likely.push_back(t);
        }
    }

    void add_context_biases(BiasedRow& row) const {
        std::vector<double>& factors = row.factors;
        factors.resize(row.likely.size());
        for (std::size_t i = 0; i < factors.size(); ++i) {
            const LikelyToken& t = row.likely[i];
            double bias = pairs_[t.pair] + gaps_[t.gap];
            bias = bias + columns_[t.column];
            bias = bias + recency_[t.recency];
            factors[i] = std::max(-8.0, std::min(4.0, bias));
        }
        kernel_.exponentials(factors.data(), factors.size());
        for (std::size_t i = 0; i < factors.size(); ++i) {
            const Symbol token = row.likely[i].token;
            const std::int64_t weight = row.weights[token];
            const auto biased = static_cast<std::uint32_t>(static_cast<double>(weight) * factors[i]);
            row.weights[token] = biased;
            row.sums[token >> 8] += static_cast<std::int64_t>(biased) - weight;
            row.total += static_cast<std::int64_t>(biased) - weight;
        }
    }

    std::uint32_t entry(std::uint64_t context, Symbol token) const {
        std::uint64_t h = context + static_cast<std::uint64_t>(token);
        h ^= h >> 32;
        return static_cast<std::uint32_t>((h * kMultiplier) >> shift_);
    }

    static std::uint32_t recency(const StreamContext& context, Symbol token, std::int64_t weight, std::int64_t total) {
        int distance = kDistances - 1;
        if (!context.last.empty() && context.last[token] >= 0)
            distance = std::min(distance, high_bit(context.position - context.last[token]));
        int likelihood = std::min(kLikely, high_bit(total) - high_bit(weight));
        if (likelihood > 0 && weight << likelihood > total) --likelihood;
        return static_cast<std::uint32_t>(distance * kLikelihoods + likelihood);
    }

    const Vocabulary& vocabulary_;
    const Kernel& kernel_;
    int likely_;
    int shift_;
    std::vector<float> bias_;     // (token_pages * 256,)
    std::vector<float> squares_;  // (token_pages * 256,)
    double rate_;
    BiasTable pairs_, gaps_, columns_, recency_;
    std::vector<StreamContext> contexts_;
};

}  // namespace nacomp::predictors
