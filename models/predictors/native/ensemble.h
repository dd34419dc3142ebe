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
    // One stream's distribution within a step.
    struct Row {
        int stream = 0;
        bool model = false;
        Proposal proposal;
        BiasedRow biased;
        Decision decisions[kMaxCandidates];
        double escapes[kPage];       // whole numbers: the escapes' weights beside the model's row
        double own[kMaxCandidates];  // the base row's weight of each candidate
        std::int64_t total = 0;      // of the base row
        double left = 0.0;           // what the chain leaves to all others
        double scale = 0.0;          // what a unit of the base row weighs behind the chain, 2^-44
        std::vector<double> sums;    // (pages,) space for its page frequencies
    };

    Ensemble(Vocabulary vocabulary, const Parameters& parameters, const Rates& rates, int streams,
             const InitialWeights& initial, const Kernel& kernel);
    Ensemble(const Ensemble&) = delete;

    void wants_model(const std::int32_t* streams, int rows, std::uint8_t* wants);
    // Of one stream; like the rows of a step, those of different streams may be asked for at the same time.
    bool wants_model(int stream) { return symbol_models_.wants_model(proposal(stream)); }
    // logits: row i of those with has[row] at logits + i * V. out: (rows, pages). Throws std::invalid_argument where a
    // logit is not finite.
    void predict(const std::int32_t* streams, int rows, const float* logits, const std::uint8_t* has, double* out);
    void choose_pages(const std::int32_t* pages, double* out) const;  // out: (rows, 256)
    // As `predict`, for a coder that takes the rows as they are.
    void open(const std::int32_t* streams, int rows, const float* logits, const std::uint8_t* has);
    void update(const std::int32_t* symbols);

    // The same row by row, under FloatRules: a step of so many rows, of which every one is opened, on any thread, before
    // anything else is asked. logits: (V,), null where the model was not asked.
    void begin(int rows) { rows_open_ = rows; }
    void open_row(int i, int stream, const float* logits);
    void pages(int i, double* out) { page_frequencies(rows_[i], out); }  // (pages,)
    void slots(int i, std::int32_t page, double* out) const;             // (256,)

    // `update` in parts, under FloatRules: `settle`, then each part of `learn` on any thread, as they share nothing that moves,
    // then `close`.
    static constexpr int kParts = 1 + LogitBias::kParts;
    void settle(const std::int32_t* symbols);
    void learn(int part, const std::int32_t* symbols);
    void close();

    const Vocabulary& vocabulary() const { return vocabulary_; }
    int streams() const { return symbol_models_.streams(); }
    int rows() const { return rows_open_; }
    const Row& row(int i) const { return rows_[i]; }
    const Decision* decisions(const Row& row) const { return row.model ? row.decisions : row.proposal.decisions; }
    const Order0Row& order0() const { return symbol_models_.order0; }

private:
    const Proposal& proposal(int stream);
    void mix_model(Row& row) const;
    void page_frequencies(Row& row, double* out) const;
    double weight(const Row& row, Symbol symbol) const;
    Vocabulary vocabulary_;
    const Kernel& kernel_;
    SymbolModels symbol_models_;
    LogitBias logit_bias_;
    Mixer mixer_;
    std::vector<Row> rows_;  // (stream,) so that a step's rows keep their buffers
    int rows_open_ = 0;
    std::vector<Proposal> proposals_;  // (stream,) proposed since the last update
    std::vector<std::uint8_t> proposed_;  // (stream,) whether they were
};

}  // namespace nacomp::predictors
