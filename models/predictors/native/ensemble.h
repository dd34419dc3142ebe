// One block's predictors, from logits to integer frequencies. Mirrors NumpyEnsemble of reference.py; knows no Python.
#pragma once

#include <vector>

#include "logit_bias.h"
#include "symbol_models.h"

namespace nacomp::predictors {

constexpr double kMass = 17592186044416.0;  // 2^44, weight of a whole row after mixing
constexpr double kModelRate = 0.002;

class Ensemble {
public:
    Ensemble(Vocabulary vocabulary, const Parameters& parameters, const Rates& rates, int streams,
             const InitialWeights& initial, const Kernel& kernel);
    Ensemble(const Ensemble&) = delete;

    void wants_model(const std::int32_t* streams, int rows, std::uint8_t* wants);
    // logits: row i of those with has[row] at logits + i * V. out: (rows, pages). Throws std::invalid_argument where a
    // logit is not finite.
    void predict(const std::int32_t* streams, int rows, const float* logits, const std::uint8_t* has, double* out);
    void choose_pages(const std::int32_t* pages, double* out) const;  // out: (rows, 256)
    void update(const std::int32_t* symbols);

    const Vocabulary& vocabulary() const { return vocabulary_; }
    int streams() const { return symbol_models_.streams(); }
    int rows() const { return rows_open_; }

private:
    struct Row {
        int stream = 0;
        bool model = false;
        Proposal proposal;
        BiasedRow biased;
        Decision decisions[kMaxCandidates];
        std::int64_t escapes[kPage];
        double scale = 0.0;
    };

    const Proposal& proposal(int stream);
    double mix_model(Row& row, double* own, std::int64_t& total);
    void page_frequencies(Row& row, double left, const double* own, std::int64_t total, double* out);
    double weight(const Row& row, Symbol symbol) const;
    const Decision* decisions(const Row& row) const { return row.model ? row.decisions : row.proposal.decisions; }

    Vocabulary vocabulary_;
    SymbolModels symbol_models_;
    LogitBias logit_bias_;
    Mixer mixer_;
    std::vector<Row> rows_;  // (stream,) so that a step's rows keep their buffers
    int rows_open_ = 0;
    std::vector<Proposal> proposals_;  // (stream,) proposed since the last update
    std::vector<std::uint8_t> proposed_;  // (stream,) whether they were
    std::vector<double> sums_;         // (pages,)
};

}  // namespace nacomp::predictors
