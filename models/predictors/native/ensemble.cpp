#include "ensemble.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "native/float_rules.h"

namespace nacomp::predictors {

Ensemble::Ensemble(Vocabulary vocabulary, const Parameters& parameters, const Rates& rates, int streams,
                   const InitialWeights& initial, const Kernel& kernel)
    : vocabulary_(std::move(vocabulary)),
      kernel_(kernel),
      symbol_models_(vocabulary_, parameters, streams, initial),
      logit_bias_(vocabulary_, rates, parameters.table_bits, streams, initial, kernel),
      mixer_(initial.model, kModelRate),
      rows_(streams),
      proposals_(streams),
      proposed_(streams, 0) {}

const Proposal& Ensemble::proposal(int stream) {
    if (!proposed_[stream]) symbol_models_.propose(stream, proposals_[stream]);
    proposed_[stream] = 1;
    return proposals_[stream];
}

void Ensemble::wants_model(const std::int32_t* streams, int rows, std::uint8_t* wants) {
    const FloatRules rules;
    for (int i = 0; i < rows; ++i) wants[i] = symbol_models_.wants_model(proposal(streams[i]));
}

void Ensemble::predict(const std::int32_t* streams, int rows, const float* logits, const std::uint8_t* has,
                       double* out) {
    const FloatRules rules;
    open(streams, rows, logits, has);
    for (int i = 0; i < rows; ++i, out += vocabulary_.pages()) page_frequencies(rows_[i], out);
}

void Ensemble::open(const std::int32_t* streams, int rows, const float* logits, const std::uint8_t* has) {
    const FloatRules rules;
    rows_open_ = 0;  // no step is open if a row is refused
    for (int i = 0; i < rows; ++i) {
        open_row(i, streams[i], has[i] ? logits : nullptr);
        if (has[i]) logits += vocabulary_.size;
    }
    rows_open_ = rows;
}

void Ensemble::open_row(int i, int stream, const float* logits) {
    Row& row = rows_[i];
    row.stream = stream;
    row.model = logits != nullptr;
    row.proposal = proposal(stream);
    row.total = symbol_models_.order0.total;
    row.left = row.proposal.left;
    const Candidates& candidates = row.proposal.candidates;
    if (row.model) {
        logit_bias_.weigh(stream, logits, row.biased);
        mix_model(row);
    } else {
        for (int c = 0; c < candidates.count; ++c) row.own[c] = weight(row, candidates.list[c].symbol);
    }
    double rest = static_cast<double>(row.total);
    for (int c = 0; c < candidates.count; ++c) rest -= row.own[c];
    row.scale = rest > 0.0 ? (row.left * kMass) / rest : 0.0;
}

void Ensemble::mix_model(Row& row) const {
    const Candidates& candidates = row.proposal.candidates;
    const Order0Row& order0 = symbol_models_.order0;
    kernel_.scale_page(order0.escapes(), static_cast<double>(row.biased.total) / static_cast<double>(order0.total), row.escapes);
    row.total = row.biased.total;
    for (double& weight : row.escapes) {
        weight += 1.0;
        row.total += static_cast<std::int64_t>(weight);
    }
    for (int c = 0; c < candidates.count; ++c) row.own[c] = weight(row, candidates.list[c].symbol);
    row.left = mixer_.decide(candidates, row.own, static_cast<double>(row.total), row.decisions);
}

double Ensemble::weight(const Row& row, Symbol symbol) const {
    if (!row.model) return symbol_models_.order0.weights[symbol];
    if (symbol >= vocabulary_.first_escape()) return row.escapes[symbol & 255];
    return row.biased.weights[symbol];
}

// Candidates have their masses, the rest is shared out as in the base row.
void Ensemble::page_frequencies(Row& row, double* out) const {
    const Candidates& candidates = row.proposal.candidates;
    const Decision* decided = decisions(row);
    const int pages = vocabulary_.pages();
    const std::int64_t* base = row.model ? row.biased.sums.data() : symbol_models_.order0.sums.data();
    std::vector<double>& sums = row.sums;
    sums.resize(pages);
    for (int i = 0; i < vocabulary_.token_pages; ++i) sums[i] = static_cast<double>(base[i]);
    sums[pages - 1] = static_cast<double>(row.model ? row.total - row.biased.total : base[pages - 1]);
    for (int c = 0; c < candidates.count; ++c) sums[candidates.list[c].symbol >> 8] -= row.own[c];
    for (int i = 0; i < pages; ++i) sums[i] = std::floor(sums[i] * row.scale);
    for (int c = 0; c < candidates.count; ++c)
        sums[candidates.list[c].symbol >> 8] += std::floor(decided[c].mass * kMass);
    kernel_.quantise(sums.data(), static_cast<std::size_t>(pages), out);
}

void Ensemble::choose_pages(const std::int32_t* pages, double* out) const {
    const FloatRules rules;
    for (int i = 0; i < rows_open_; ++i, out += kPage) slots(i, pages[i], out);
}

void Ensemble::slots(int i, std::int32_t page, double* out) const {
    const Row& row = rows_[i];
    const Symbol first = page * static_cast<int>(kPage);
    double weights[kPage];
    if (row.model && first == vocabulary_.first_escape())
        for (std::size_t k = 0; k < kPage; ++k) weights[k] = std::floor(row.escapes[k] * row.scale);
    else
        kernel_.scale_page((row.model ? row.biased.weights : symbol_models_.order0.weights).data() + first, row.scale, weights);
    const Candidates& candidates = row.proposal.candidates;
    for (int c = 0; c < candidates.count; ++c)
        if (candidates.list[c].symbol >> 8 == page)
            weights[candidates.list[c].symbol & 255] = std::floor(decisions(row)[c].mass * kMass);
    kernel_.quantise(weights, kPage, out);
}

void Ensemble::update(const std::int32_t* symbols) {
    const FloatRules rules;
    settle(symbols);
    for (int part = 0; part < kParts; ++part) learn(part, symbols);
    close();
}

void Ensemble::settle(const std::int32_t* symbols) {
    for (int i = 0; i < rows_open_; ++i)
        if (rows_[i].model) logit_bias_.settle(rows_[i].biased, symbols[i]);
}

void Ensemble::learn(int part, const std::int32_t* symbols) {
    for (int i = 0; i < rows_open_; ++i) {
        Row& row = rows_[i];
        if (part > 0) {
            if (row.model) logit_bias_.learn(part - 1, row.biased, symbols[i]);
            continue;
        }
        if (row.model) mixer_.learn(row.proposal.candidates, row.decisions, symbols[i]);
        logit_bias_.advance(row.stream, symbols[i]);
        symbol_models_.learn(row.stream, row.proposal, symbols[i]);
    }
}

void Ensemble::close() {
    std::fill(proposed_.begin(), proposed_.end(), 0);
    rows_open_ = 0;
}

}  // namespace nacomp::predictors
