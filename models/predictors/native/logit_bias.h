// The language model's row and its corrections: a bias on every token's logit, and context biases on the likely tokens.
// Mirrors logit_bias.py, which says why.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <vector>

#include "bias_table.h"
#include "history.h"
#include "initial_weights.h"
#include "kernels.h"
#include "parameters.h"
#include "vocabulary.h"

namespace nacomp::predictors {

constexpr float kNeverCodedBias = -std::numeric_limits<float>::infinity();  // of what is never coded

// The likely tokens of a row, in rising order, and what learning needs of them. An array each, so that vectors read them; they
// grow and never shrink.
struct LikelyTokens {
    std::size_t count = 0;
    bool came = false;  // whether the symbol that came is one of them
    std::vector<std::uint32_t> tokens;
    std::vector<std::uint32_t> weights;  // of the tokens, without context biases and then with them
    std::vector<std::uint32_t> pairs, gaps, columns, recency;  // their entries in the tables of context biases
    std::vector<double> factors;    // what their weights are multiplied by
    std::vector<double> gradients;  // their shares of the row; of the symbol that came, 1 less once it is known

    // Room for one more page behind the first `count`, and for a vector that writes past its end.
    void reserve_page() {
        if (tokens.size() < count + kPage + kListRoom) tokens.resize(2 * count + kPage + kListRoom);
    }
    void resize_others() {
        if (pairs.size() >= count) return;
        for (auto* entries : {&weights, &pairs, &gaps, &columns, &recency}) entries->resize(tokens.size());
        for (auto* values : {&factors, &gradients}) values->resize(tokens.size());
    }
};

// A language-model row as integer weights, what its learning needs, and the space to make it in: rows of one step may be made at
// the same time.
struct BiasedRow {
    std::vector<std::uint32_t> weights;  // (token_pages * 256,) biases applied
    std::vector<std::int64_t> sums;      // (token_pages,)
    std::int64_t total = 0;
    LikelyTokens likely;
    std::vector<float> padded;         // (token_pages * 256,) logits of a vocabulary that fills its last page in part
    std::vector<std::uint32_t> highs;  // (token_pages,) highest weight per page
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
          nowhere_(vocabulary.token_pages * kPage, -1),
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
        find_likely(row);
        find_entries(contexts_[stream], row);
        add_context_biases(row);
    }

    // What came, once for a row: before `learn`.
    void settle(BiasedRow& row, Symbol symbol) const {
        LikelyTokens& likely = row.likely;
        const auto end = likely.tokens.begin() + static_cast<std::ptrdiff_t>(likely.count);
        const auto found = std::lower_bound(likely.tokens.begin(), end, static_cast<std::uint32_t>(symbol));
        likely.came = found != end && *found == static_cast<std::uint32_t>(symbol);
        if (likely.came) likely.gradients[found - likely.tokens.begin()] -= 1.0;
    }

    // Moves the biases that made `row`, in parts that touch nothing in common; the rows of a step one after the other.
    static constexpr int kParts = 3;
    void learn(int part, const BiasedRow& row, Symbol symbol) {
        const LikelyTokens& likely = row.likely;
        if (part == 0) {
            learn_tokens(row, symbol);
            pairs_.learn(kernel_, likely.pairs.data(), likely.gradients.data(), likely.count);
        } else if (part == 1) {
            gaps_.learn(kernel_, likely.gaps.data(), likely.gradients.data(), likely.count);
            columns_.learn(kernel_, likely.columns.data(), likely.gradients.data(), likely.count);
        } else {
            recency_.learn(likely.recency.data(), likely.gradients.data(), likely.count);
        }
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

    // Those with a share of 2^-likely_ or more, by the weights as they are now. What is never coded weighs 1, of 2^26 at least.
    void find_likely(BiasedRow& row) const {
        LikelyTokens& likely = row.likely;
        likely.count = 0;
        const std::int64_t least = (row.total + (std::int64_t{1} << likely_) - 1) >> likely_;
        for (std::size_t page = 0; page < row.highs.size(); ++page) {
            if (row.highs[page] < least) continue;
            likely.reserve_page();
            const std::size_t first = page * kPage;
            likely.count += kernel_.list(row.weights.data() + first, static_cast<std::uint32_t>(least),
                                         static_cast<std::uint32_t>(first), likely.tokens.data() + likely.count);
        }
        likely.resize_others();
    }

    // Looks up the likely tokens' table entries and asks for them: three tables of 2 MB each at the default size, where an
    // average row of the embedded model has 270 likely tokens. Waiting for each entry in turn was most of a row's time.
    void find_entries(const StreamContext& context, BiasedRow& row) const {
        LikelyTokens& likely = row.likely;
        const std::uint32_t* tokens = likely.tokens.data();
        const auto find = [&](std::uint64_t key, std::vector<std::uint32_t>& entries) {
            kernel_.find_entries(key * kMultiplier, tokens, likely.count, shift_, entries.data());
        };
        find(static_cast<std::uint64_t>(context.previous + 2), likely.pairs);
        find(static_cast<std::uint64_t>(context.before_previous + 2), likely.gaps);
        find((std::uint64_t{1} << 32) + context.column / 3, likely.columns);
        for (std::size_t i = 0; i < likely.count; ++i) {
            pairs_.prefetch(likely.pairs[i]);
            gaps_.prefetch(likely.gaps[i]);
            columns_.prefetch(likely.columns[i]);
            likely.weights[i] = row.weights[tokens[i]];
        }
        const std::int32_t* last = (context.last.empty() ? nowhere_ : context.last).data();
        kernel_.find_recency(last, context.position, row.total, tokens, likely.weights.data(), likely.count, likely.recency.data());
    }

    void add_context_biases(BiasedRow& row) const {
        LikelyTokens& likely = row.likely;
        const Bias* const tables[] = {pairs_.entries(), gaps_.entries(), columns_.entries(), recency_.entries()};
        const std::uint32_t* const listed[] = {likely.pairs.data(), likely.gaps.data(), likely.columns.data(), likely.recency.data()};
        kernel_.sum_biases(tables, listed, likely.count, likely.factors.data());
        kernel_.exponentials(likely.factors.data(), likely.count);
        kernel_.scale_weights(likely.weights.data(), likely.factors.data(), likely.count);
        for (std::size_t i = 0; i < likely.count; ++i) {
            const std::uint32_t token = likely.tokens[i];
            const std::int64_t change = static_cast<std::int64_t>(likely.weights[i]) - row.weights[token];
            row.weights[token] = likely.weights[i];
            row.sums[token >> 8] += change;
            row.total += change;
        }
        kernel_.find_shares(likely.weights.data(), static_cast<double>(row.total), likely.count, likely.gradients.data());
    }

    // The bias that every token has: of the likely ones, and of the one that came.
    void learn_tokens(const BiasedRow& row, Symbol symbol) {
        if (rate_ == 0.0) return;
        const LikelyTokens& likely = row.likely;
        kernel_.move_tokens(bias_.data(), squares_.data(), likely.tokens.data(), likely.gradients.data(), likely.count, rate_);
        if (!likely.came && symbol < vocabulary_.size)
            step(bias_[symbol], squares_[symbol], rate_, row.weights[symbol] / static_cast<double>(row.total) - 1.0);
    }

    const Vocabulary& vocabulary_;
    const Kernel& kernel_;
    int likely_;
    int shift_;
    std::vector<float> bias_;     // (token_pages * 256,)
    std::vector<float> squares_;  // (token_pages * 256,)
    double rate_;
    BiasTable pairs_, gaps_, columns_, recency_;
    std::vector<std::int32_t> nowhere_;  // (token_pages * 256,) -1: where the tokens of a new stream came last
    std::vector<StreamContext> contexts_;
};

}  // namespace nacomp::predictors
