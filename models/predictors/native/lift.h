// The language model's row and its corrections: bias head and context biases. Mirrors logit_bias.py, which says why.
#pragma once

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "arithmetic.h"
#include "chain.h"
#include "layout.h"

namespace nacomp {

constexpr int kFavourite = 12;
constexpr int kDistances = 16, kLikelihoods = kFavourite + 1;

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

// Asks for a cache line that will be read and written soon.
inline void prefetch(const void* address) {
#if defined(__GNUC__)
    __builtin_prefetch(address, 1);
#else
    static_cast<void>(address);
#endif
}

struct Rates {
    int bias, pair, gap, column, recency;  // 1/65,536
};

// One step on a bias with its sum of squared gradients.
inline void step(float& value, float& energy, double rate, double gradient) {
    const double e = static_cast<double>(energy) + gradient * gradient;
    value = static_cast<float>(static_cast<double>(value) - (rate * gradient) / std::sqrt(e));
    energy = static_cast<float>(e);
}

struct Cell {
    float value, energy;
};

// Log-space biases looked up by a context; a rate of 0 keeps all values as they are.
class Biases {
public:
    Biases(std::size_t cells, float energy, int rate) : cells_(cells, Cell{0.0f, energy}), rate_(rate / 65536.0) {}

    void start(const std::vector<double>& values) {
        for (std::size_t i = 0; i < cells_.size(); ++i) cells_[i].value = static_cast<float>(values[i]);
    }
    double operator[](std::uint32_t index) const { return cells_[index].value; }
    void prefetch(std::uint32_t index) const { nacomp::prefetch(&cells_[index]); }
    void learn(std::uint32_t index, double gradient) {
        if (rate_ != 0.0) step(cells_[index].value, cells_[index].energy, rate_, gradient);
    }

private:
    std::vector<Cell> cells_;
    double rate_;
};

struct Favourite {
    Symbol token;
    std::uint32_t pair, gap, column, recency;
};

struct LiftedRow {
    std::vector<std::uint32_t> weights;  // (token_pages * 256,) favourites lifted
    std::vector<std::int64_t> sums;      // (token_pages,)
    std::int64_t total = 0;
    std::vector<Favourite> favourites;
};

class Lift {
public:
    Lift(const Layout& layout, const Rates& rates, int table_bits, int streams, const Starts& starts,
         const DenseKernel& kernel)
        : layout_(layout),
          kernel_(kernel),
          shift_(62 - table_bits),
          bias_(layout.token_pages * kPage, kMasked),
          energies_(layout.token_pages * kPage, 1.0f),
          rate_(rates.bias / 65536.0),
          pairs_(std::size_t{1} << (table_bits + 2), 0.2f, rates.pair),
          gaps_(std::size_t{1} << (table_bits + 2), 0.3f, rates.gap),
          columns_(std::size_t{1} << (table_bits + 2), 1.0f, rates.column),
          recency_(kDistances * kLikelihoods, 20.0f, rates.recency),
          places_(streams),
          padded_(layout.token_pages * kPage, 0.0f),
          highs_(layout.token_pages) {
        for (Symbol i = 0; i < layout.size; ++i)
            if (layout.speakable(i)) bias_[i] = 0.0f;
        if (rates.recency) recency_.start(starts.recency);
    }

    // logits: (V,); throws std::invalid_argument where one is not finite.
    void weigh(int stream, const float* logits, LiftedRow& row) {
        const int pages = layout_.token_pages;
        if (layout_.size % kPage) {
            std::copy(logits, logits + layout_.size, padded_.begin());
            logits = padded_.data();
        }
        row.weights.resize(pages * kPage);
        row.sums.resize(pages);
        float top;
        if (!kernel_.highest(logits, bias_.data(), pages, &top)) throw std::invalid_argument("logits must be finite");
        kernel_.weigh(logits, bias_.data(), top, row.weights.data(), row.sums.data(), highs_.data(), pages);
        std::int64_t total = 0;
        for (std::int64_t sum : row.sums) total += sum;
        row.total = total;
        row.favourites.clear();
        const std::int64_t least = (total + (1 << kFavourite) - 1) >> kFavourite;
        for (int page = 0; page < pages; ++page)
            if (highs_[page] >= least) find_favourites(stream, page, least, total, row);
        lift(row);
    }

    // Move the biases that made `row`, before `advance`.
    void learn(const LiftedRow& row, Symbol symbol) {
        const double total = static_cast<double>(row.total);
        bool favourite = false;
        for (const Favourite& f : row.favourites) {
            favourite |= f.token == symbol;
            const double gradient = row.weights[f.token] / total - (f.token == symbol ? 1.0 : 0.0);
            if (rate_ != 0.0) step(bias_[f.token], energies_[f.token], rate_, gradient);
            pairs_.learn(f.pair, gradient);
            gaps_.learn(f.gap, gradient);
            columns_.learn(f.column, gradient);
            recency_.learn(f.recency, gradient);
        }
        if (!favourite && symbol < layout_.size && rate_ != 0.0)
            step(bias_[symbol], energies_[symbol], rate_, row.weights[symbol] / total - 1.0);
    }

    // Move a stream's place past a coded symbol.
    void advance(int stream, Symbol symbol) {
        Place& place = places_[stream];
        std::int32_t width = 1;
        if (symbol < layout_.size)
            width = layout_.speakable(symbol) ? layout_.widths[symbol] : 0;
        else if (symbol == layout_.first_escape() + '\n')
            width = -1;
        place.column = width < 0 ? static_cast<std::uint64_t>(-width - 1) : place.column + width;
        place.before = place.previous;
        place.previous = symbol;
        if (place.last.empty()) place.last.assign(layout_.token_pages * kPage, -1);
        if (symbol < layout_.size) place.last[symbol] = place.position;
        ++place.position;
    }

private:
    struct Place {
        Symbol previous = -1, before = -1;
        std::uint64_t column = 0;
        std::int32_t position = 0;
        std::vector<std::int32_t> last;  // (token_pages * 256,) position of the token's latest occurrence, -1: none
    };

    // Lists a page's favourites and asks for their cells: three tables of 2 MB each at the default size, where an
    // average row of the embedded model has 270 favourites. Waiting for each cell in turn was most of a row's time.
    void find_favourites(int stream, int page, std::int64_t least, std::int64_t total, LiftedRow& row) {
        const Place& place = places_[stream];
        const std::uint64_t by_pair = static_cast<std::uint64_t>(place.previous + 2) * kMultiplier;
        const std::uint64_t by_gap = static_cast<std::uint64_t>(place.before + 2) * kMultiplier;
        const std::uint64_t by_column = ((std::uint64_t{1} << 32) + place.column / 3) * kMultiplier;
        for (Symbol token = page * static_cast<int>(kPage); token < (page + 1) * static_cast<int>(kPage); ++token) {
            const std::int64_t weight = row.weights[token];
            if (weight < least || !layout_.speakable(token)) continue;
            const Favourite f{token, cell(by_pair, token), cell(by_gap, token), cell(by_column, token),
                              recency(place, token, weight, total)};
            pairs_.prefetch(f.pair);
            gaps_.prefetch(f.gap);
            columns_.prefetch(f.column);
            row.favourites.push_back(f);
        }
    }

    void lift(LiftedRow& row) {
        lifts_.resize(row.favourites.size());
        for (std::size_t i = 0; i < lifts_.size(); ++i) {
            const Favourite& f = row.favourites[i];
            double lift = pairs_[f.pair] + gaps_[f.gap];
            lift = lift + columns_[f.column];
            lift = lift + recency_[f.recency];
            lifts_[i] = std::max(-8.0, std::min(4.0, lift));
        }
        kernel_.exponentials(lifts_.data(), lifts_.size());
        for (std::size_t i = 0; i < lifts_.size(); ++i) {
            const Symbol token = row.favourites[i].token;
            const std::int64_t weight = row.weights[token];
            const auto lifted = static_cast<std::uint32_t>(static_cast<double>(weight) * lifts_[i]);
            row.weights[token] = lifted;
            row.sums[token >> 8] += static_cast<std::int64_t>(lifted) - weight;
            row.total += static_cast<std::int64_t>(lifted) - weight;
        }
    }

    std::uint32_t cell(std::uint64_t context, Symbol token) const {
        std::uint64_t h = context + static_cast<std::uint64_t>(token);
        h ^= h >> 32;
        return static_cast<std::uint32_t>((h * kMultiplier) >> shift_);
    }

    static std::uint32_t recency(const Place& place, Symbol token, std::int64_t weight, std::int64_t total) {
        int distance = kDistances - 1;
        if (!place.last.empty() && place.last[token] >= 0)
            distance = std::min(distance, high_bit(place.position - place.last[token]));
        int likelihood = std::min(kFavourite, high_bit(total) - high_bit(weight));
        if (likelihood > 0 && weight << likelihood > total) --likelihood;
        return static_cast<std::uint32_t>(distance * kLikelihoods + likelihood);
    }

    const Layout& layout_;
    const DenseKernel& kernel_;
    int shift_;
    std::vector<float> bias_;      // (token_pages * 256,)
    std::vector<float> energies_;  // (token_pages * 256,)
    double rate_;
    Biases pairs_, gaps_, columns_, recency_;
    std::vector<Place> places_;
    std::vector<float> padded_;         // (token_pages * 256,) logits of a vocabulary that fills its last page in part
    std::vector<std::uint32_t> highs_;  // (token_pages,) highest weight per page
    std::vector<double> lifts_;         // (favourite,) what weights are multiplied by
};

}  // namespace nacomp
