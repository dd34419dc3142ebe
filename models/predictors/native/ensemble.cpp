#include "ensemble.h"

#include <cmath>

namespace nacomp {

void quantise(const double* weights, int n, double* frequencies) {
    const double spare = static_cast<double>((1 << 24) - n);
    double lanes[8] = {};  // exact in any order: integers below 2^53
    int i = 0;
    for (; i + 8 <= n; i += 8)
        for (int j = 0; j < 8; ++j) lanes[j] += weights[i + j];
    double total = 0.0;
    for (; i < n; ++i) total += weights[i];
    for (double lane : lanes) total += lane;
    const bool empty = total == 0.0;
    const double scale = spare / (empty ? static_cast<double>(n) : total);
    double sums[8] = {};
    for (i = 0; i + 8 <= n; i += 8)
        for (int j = 0; j < 8; ++j) {
            frequencies[i + j] = std::floor((empty ? 1.0 : weights[i + j]) * scale);
            sums[j] += frequencies[i + j];
        }
    double sum = 0.0;
    for (; i < n; ++i) {
        frequencies[i] = std::floor((empty ? 1.0 : weights[i]) * scale);
        sum += frequencies[i];
    }
    for (double lane : sums) sum += lane;
    int largest = 0;
    for (i = 1; i < n; ++i)
        if (weights[i] > weights[largest]) largest = i;
    frequencies[largest] += spare - sum;
}

Ensemble::Ensemble(Layout layout, const Parameters& parameters, const Rates& rates, int streams, const Starts& starts,
                   const DenseKernel& kernel)
    : layout_(std::move(layout)),
      sparse_(layout_, parameters, streams, starts),
      lift_(layout_, rates, parameters.table_bits, streams, starts, kernel),
      mixer_(starts.model, 0.002),
      rows_(streams),
      proposals_(streams),
      fresh_(streams, 0),
      sums_(layout_.pages()) {}

const Proposal& Ensemble::proposal(int stream) {
    if (!fresh_[stream]) sparse_.propose(stream, proposals_[stream]);
    fresh_[stream] = 1;
    return proposals_[stream];
}

void Ensemble::wants_model(const std::int32_t* streams, int rows, std::uint8_t* wants) {
    for (int i = 0; i < rows; ++i) wants[i] = sparse_.wants_model(proposal(streams[i]));
}

void Ensemble::predict(const std::int32_t* streams, int rows, const float* logits, const std::uint8_t* has,
                       double* out) {
    rows_open_ = 0;  // no step is open if a row is refused
    for (int i = 0; i < rows; ++i, out += layout_.pages()) {
        Row& row = rows_[i];
        row.stream = streams[i];
        row.model = has[i] != 0;
        row.proposal = proposal(streams[i]);
        double own[kMaxChain];
        std::int64_t total = sparse_.fallback.total;
        double left = row.proposal.left;
        if (row.model) {
            lift_.weigh(row.stream, logits, row.lifted);
            logits += layout_.size;
            left = mix_model(row, own, total);
        } else {
            for (int c = 0; c < row.proposal.candidates.count; ++c)
                own[c] = weight(row, row.proposal.candidates.list[c].symbol);
        }
        spread(row, left, own, total, out);
    }
    rows_open_ = rows;
}

double Ensemble::mix_model(Row& row, double* own, std::int64_t& total) {
    const Candidates& candidates = row.proposal.candidates;
    sparse_.fallback.escapes(row.lifted.total, row.escapes);
    total = row.lifted.total;
    for (std::int64_t weight : row.escapes) total += weight;
    for (int c = 0; c < candidates.count; ++c) own[c] = weight(row, candidates.list[c].symbol);
    return mixer_.decide(candidates, own, static_cast<double>(total), row.decisions);
}

double Ensemble::weight(const Row& row, Symbol symbol) const {
    if (!row.model) return sparse_.fallback.weights[symbol];
    if (symbol >= layout_.first_escape()) return static_cast<double>(row.escapes[symbol & 255]);
    return row.lifted.weights[symbol];
}

// Page frequencies: candidates have their masses, the rest keeps the dense row's shape.
void Ensemble::spread(Row& row, double left, const double* own, std::int64_t total, double* out) {
    const Candidates& candidates = row.proposal.candidates;
    const Decision* decided = decisions(row);
    const int pages = layout_.pages();
    const std::int64_t* dense = row.model ? row.lifted.sums.data() : sparse_.fallback.sums.data();
    for (int i = 0; i < layout_.token_pages; ++i) sums_[i] = static_cast<double>(dense[i]);
    sums_[pages - 1] = static_cast<double>(row.model ? total - row.lifted.total : dense[pages - 1]);
    double rest = static_cast<double>(total);
    for (int c = 0; c < candidates.count; ++c) {
        rest -= own[c];
        sums_[candidates.list[c].symbol >> 8] -= own[c];
    }
    row.scale = rest > 0.0 ? (left * kMass) / rest : 0.0;
    for (int i = 0; i < pages; ++i) sums_[i] = std::floor(sums_[i] * row.scale);
    for (int c = 0; c < candidates.count; ++c)
        sums_[candidates.list[c].symbol >> 8] += std::floor(decided[c].mass * kMass);
    quantise(sums_.data(), pages, out);
}

void Ensemble::choose_pages(const std::int32_t* pages, double* out) const {
    double weights[kPage];
    for (int i = 0; i < rows_open_; ++i, out += kPage) {
        const Row& row = rows_[i];
        const Symbol first = pages[i] * static_cast<int>(kPage);
        if (row.model && first == layout_.first_escape())
            for (std::size_t k = 0; k < kPage; ++k) weights[k] = static_cast<double>(row.escapes[k]);
        else {
            const std::uint32_t* dense = (row.model ? row.lifted.weights : sparse_.fallback.weights).data() + first;
            for (std::size_t k = 0; k < kPage; ++k) weights[k] = dense[k];
        }
        for (double& weight : weights) weight = std::floor(weight * row.scale);
        const Candidates& candidates = row.proposal.candidates;
        for (int c = 0; c < candidates.count; ++c)
            if (candidates.list[c].symbol >> 8 == pages[i])
                weights[candidates.list[c].symbol & 255] = std::floor(decisions(row)[c].mass * kMass);
        quantise(weights, kPage, out);
    }
}

void Ensemble::update(const std::int32_t* symbols) {
    for (int i = 0; i < rows_open_; ++i) {
        Row& row = rows_[i];
        if (row.model) {
            mixer_.learn(row.proposal.candidates, row.decisions, symbols[i]);
            lift_.learn(row.lifted, symbols[i]);
        }
        lift_.advance(row.stream, symbols[i]);
        sparse_.learn(row.stream, row.proposal, symbols[i]);
    }
    std::fill(fresh_.begin(), fresh_.end(), 0);
    rows_open_ = 0;
}

}  // namespace nacomp
