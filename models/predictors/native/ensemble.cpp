#include "ensemble.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "native/float_rules.h"
#include "to_frequencies.h"

namespace nacomp::predictors {

Ensemble::Ensemble(Vocabulary vocabulary, const Parameters& parameters, const Rates& rates, int streams,
                   const InitialWeights& initial, const Kernel& kernel)
    : vocabulary_(std::move(vocabulary)),
      symbol_models_(vocabulary_, parameters, streams, initial),
      logit_bias_(vocabulary_, rates, parameters.table_bits, streams, initial, kernel),
      mixer_(initial.model, kModelRate),
      rows_(streams),
      proposals_(streams),
      proposed_(streams, 0),
      sums_(vocabulary_.pages()) {}

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
    rows_open_ = 0;  // no step is open if a row is refused
    for (int i = 0; i < rows; ++i, out += vocabulary_.pages()) {
        Row& row = rows_[i];
        row.stream = streams[i];
        row.model = has[i] != 0;
        row.proposal = proposal(streams[i]);
        double own[kMaxCandidates];
        std::int64_t total = symbol_models_.order0.total;
        double left = row.proposal.left;
        if (row.model) {
            logit_bias_.weigh(row.stream, logits, row.biased);
            logits += vocabulary_.size;
            left = mix_model(row, own, total);
        } else {
            for (int c = 0; c < row.proposal.candidates.count; ++c)
                own[c] = weight(row, row.proposal.candidates.list[c].symbol);
        }
        page_frequencies(row, left, own, total, out);
    }
    rows_open_ = rows;
}

double Ensemble::mix_model(Row& row, double* own, std::int64_t& total) {
    const Candidates& candidates = row.proposal.candidates;
    symbol_models_.order0.escapes(row.biased.total, row.escapes);
    total = row.biased.total;
    for (std::int64_t weight : row.escapes) total += weight;
    for (int c = 0; c < candidates.count; ++c) own[c] = weight(row, candidates.list[c].symbol);
    return mixer_.decide(candidates, own, static_cast<double>(total), row.decisions);
}

double Ensemble::weight(const Row& row, Symbol symbol) const {
    if (!row.model) return symbol_models_.order0.weights[symbol];
    if (symbol >= vocabulary_.first_escape()) return static_cast<double>(row.escapes[symbol & 255]);
    return row.biased.weights[symbol];
}

// Candidates have their masses, the rest is shared out as in the base row.
void Ensemble::page_frequencies(Row& row, double left, const double* own, std::int64_t total, double* out) {
    const Candidates& candidates = row.proposal.candidates;
    const Decision* decided = decisions(row);
    const int pages = vocabulary_.pages();
    const std::int64_t* base = row.model ? row.biased.sums.data() : symbol_models_.order0.sums.data();
    for (int i = 0; i < vocabulary_.token_pages; ++i) sums_[i] = static_cast<double>(base[i]);
    sums_[pages - 1] = static_cast<double>(row.model ? total - row.biased.total : base[pages - 1]);
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
    const FloatRules rules;
    double weights[kPage];
    for (int i = 0; i < rows_open_; ++i, out += kPage) {
        const Row& row = rows_[i];
        const Symbol first = pages[i] * static_cast<int>(kPage);
        if (row.model && first == vocabulary_.first_escape())
            for (std::size_t k = 0; k < kPage; ++k) weights[k] = static_cast<double>(row.escapes[k]);
        else {
            const std::uint32_t* base = (row.model ? row.biased.weights : symbol_models_.order0.weights).data() + first;
            for (std::size_t k = 0; k < kPage; ++k) weights[k] = base[k];
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
    const FloatRules rules;
    for (int i = 0; i < rows_open_; ++i) {
        Row& row = rows_[i];
        if (row.model) {
            mixer_.learn(row.proposal.candidates, row.decisions, symbols[i]);
            logit_bias_.learn(row.biased, symbols[i]);
        }
        logit_bias_.advance(row.stream, symbols[i]);
        symbol_models_.learn(row.stream, row.proposal, symbols[i]);
    }
    std::fill(proposed_.begin(), proposed_.end(), 0);
    rows_open_ = 0;
}

}  // namespace nacomp::predictors
