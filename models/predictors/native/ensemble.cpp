#include "ensemble.h"

#include <cmath>
#include <stdexcept>

namespace nacomp {

Fallback::Fallback(const Layout& layout)
    : weights(layout.token_pages * kPage, 0), sums(layout.token_pages, 0), size_(layout.size),
      first_escape_(layout.first_escape()) {
    for (int i = 0; i < size_; ++i) {
        weights[i] = layout.speakable[i] ? 1u << 8 : 0;
        sums[i >> 8] += weights[i];
    }
    std::fill(escape_counts_, escape_counts_ + kPage, 1);
}

void Fallback::escapes(std::int64_t total, std::int64_t* out) const {
    const double share = static_cast<double>(escaped_ * 8 + 1) / static_cast<double>((coded_ + 1024) * 8);
    const double each = share / static_cast<double>(static_cast<std::int64_t>(kPage) + 16 * escaped_);
    const double unit = each * 1048576.0;
    for (std::size_t i = 0; i < kPage; ++i) {
        const auto part = static_cast<std::int64_t>(std::floor(static_cast<double>(escape_counts_[i]) * unit));
        out[i] = ((part * total) >> 20) + 1;
    }
}

void Fallback::learn(Symbol symbol) {
    ++coded_;
    if (symbol < size_) {
        if (weights[symbol] >= 1u << 31) return;
        weights[symbol] += 1u << 11;
        sums[symbol >> 8] += 1 << 11;
    } else if (symbol >= first_escape_) {
        escape_counts_[symbol - first_escape_] += 16;
        ++escaped_;
    }
}

void quantise(const double* weights, int n, double* frequencies) {
    const double spare = static_cast<double>((1 << 24) - n);
    double total = 0.0;  // exact in any order: integers below 2^53
    int largest = 0;
    for (int i = 0; i < n; ++i) {
        total += weights[i];
        if (weights[i] > weights[largest]) largest = i;
    }
    const bool empty = total == 0.0;
    const double scale = spare / (empty ? static_cast<double>(n) : total);
    double sum = 0.0;
    for (int i = 0; i < n; ++i) {
        frequencies[i] = std::floor((empty ? 1.0 : weights[i]) * scale);
        sum += frequencies[i];
    }
    frequencies[largest] += spare - sum;
}

Ensemble::Ensemble(Layout layout, const Parameters& parameters, int streams, const DenseKernel& kernel)
    : layout_(std::move(layout)),
      kernel_(kernel),
      sparse_(parameters, streams),
      fallback_(layout_),
      rate_(static_cast<float>(parameters.bias_rate) / 65536.0f),
      bias_(layout_.token_pages * kPage, kMasked),
      rows_(streams),
      sums_(layout_.pages()),
      page_sums_(layout_.token_pages),
      padded_(layout_.token_pages * kPage, 0.0f) {
    for (int i = 0; i < layout_.size; ++i)
        if (layout_.speakable[i]) bias_[i] = 0.0f;
}

void Ensemble::wants_model(const std::int32_t* streams, int rows, std::uint8_t* wants) {
    Candidates candidates;
    for (int i = 0; i < rows; ++i) {
        sparse_.propose(streams[i], candidates);
        wants[i] = sparse_.wants_model(candidates);
    }
}

void Ensemble::predict(const std::int32_t* streams, int rows, const float* logits, const std::uint8_t* has, double* out) {
    rows_used_ = rows;
    for (int i = 0; i < rows; ++i) {
        Row& row = rows_[i];
        row.stream = streams[i];
        row.model = has[i] != 0;
        weigh(row, logits, sums_.data());
        if (row.model) logits += layout_.size;
        sparse_.propose(row.stream, row.candidates);
        mix(row, sums_.data(), out + static_cast<std::size_t>(i) * layout_.pages());
    }
}

void Ensemble::weigh(Row& row, const float* logits, double* sums) {
    const int pages = layout_.token_pages;
    const std::int64_t* page_sums = fallback_.sums.data();
    if (row.model) {
        if (layout_.size % kPage) {
            std::copy(logits, logits + layout_.size, padded_.begin());
            logits = padded_.data();
        }
        row.own.resize(pages * kPage);
        const float top = kernel_.highest(logits, bias_.data(), pages);
        kernel_.weigh(logits, bias_.data(), top, row.own.data(), page_sums_.data(), pages);
        page_sums = page_sums_.data();
    }
    row.tokens = 0;
    for (int i = 0; i < pages; ++i) {
        row.tokens += page_sums[i];
        sums[i] = static_cast<double>(page_sums[i]);
    }
    fallback_.escapes(row.tokens, row.escapes);
    std::int64_t escapes = 0;
    for (std::int64_t weight : row.escapes) escapes += weight;
    sums[pages] = static_cast<double>(escapes);
}

double Ensemble::weight(const Row& row, Symbol symbol) const {
    if (symbol >= layout_.first_escape()) return static_cast<double>(row.escapes[symbol & 255]);
    return static_cast<double>(row.model ? row.own[symbol] : fallback_.weights[symbol]);
}

void Ensemble::mix(Row& row, const double* sums, double* out) {
    const int pages = layout_.pages();
    Candidates& candidates = row.candidates;
    std::vector<double>& left = sums_;
    double own[kMaxChain];
    double total = 0.0, taken = 0.0;
    for (int i = 0; i < pages; ++i) total += sums[i];
    for (int i = 0; i < candidates.count; ++i) {
        own[i] = weight(row, candidates.list[i].symbol);
        taken += own[i];
    }
    const double share = sparse_.chain.decide(candidates, own, total, row.model);
    const double rest = total - taken;
    row.scale = rest > 0.0 ? (share * kMass) / rest : 0.0;
    for (int i = 0; i < candidates.count; ++i) left[candidates.list[i].symbol >> 8] -= own[i];
    for (int i = 0; i < pages; ++i) left[i] = std::floor(left[i] * row.scale);
    for (int i = 0; i < candidates.count; ++i)
        left[candidates.list[i].symbol >> 8] += std::floor(candidates.list[i].mass * kMass);
    quantise(left.data(), pages, out);
}

void Ensemble::choose_pages(const std::int32_t* pages, double* out) {
    double weights[kPage];
    for (int i = 0; i < rows_used_; ++i, out += kPage) {
        const Row& row = rows_[i];
        const Symbol first = pages[i] * static_cast<int>(kPage);
        for (int slot = 0; slot < static_cast<int>(kPage); ++slot)
            weights[slot] = std::floor(weight(row, first + slot) * row.scale);
        for (int c = 0; c < row.candidates.count; ++c) {
            const Candidate& candidate = row.candidates.list[c];
            if (candidate.symbol >> 8 == pages[i]) weights[candidate.symbol & 255] = std::floor(candidate.mass * kMass);
        }
        quantise(weights, kPage, out);
    }
}

void Ensemble::update(const std::int32_t* symbols) {
    for (int i = 0; i < rows_used_; ++i) {
        Row& row = rows_[i];
        const Symbol symbol = symbols[i];
        sparse_.chain.learn(row.candidates, symbol, true);
        if (row.model && rate_ != 0.0f) {
            kernel_.learn(bias_.data(), row.own.data(), rate_ / static_cast<float>(row.tokens), layout_.token_pages);
            if (symbol < layout_.size) bias_[symbol] += rate_;
        }
        fallback_.learn(symbol);
        sparse_.learn(row.stream, symbol);
    }
    rows_used_ = 0;
}

}  // namespace nacomp
