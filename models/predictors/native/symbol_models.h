// The predictors that know coded symbols alone, and the decision to skip the model. Mirrors symbol_models.py, which says why.
#pragma once

#include <cstdint>
#include <vector>

#include "candidates.h"
#include "history.h"
#include "match.h"
#include "mixer.h"
#include "ngram.h"
#include "order0.h"
#include "parameters.h"

namespace nacomp::predictors {

constexpr double kOrder0Rate = 0.003;
constexpr double kSure = 0.99;
constexpr double kRecent = 64.0;

// The candidates for a stream's next symbol, and the decisions of the mixer beside the order-0 row.
struct Proposal {
    Candidates candidates;
    Decision decisions[kMaxCandidates];
    double left;
};

class SymbolModels {
public:
    SymbolModels(const Vocabulary& vocabulary, const Parameters& parameters, int streams, const InitialWeights& initial)
        : order0(vocabulary),
          parameters_(parameters),
          histories_(streams),
          contexts_(streams),
          tables_(parameters.ngram_orders, parameters.table_bits),
          match_(histories_, parameters.match_minimum, parameters.table_bits),
          counters_(initial),
          mixer_(initial.order0, kOrder0Rate) {}
    SymbolModels(const SymbolModels&) = delete;

    void propose(int stream, Proposal& out) const {
        const Slot* slots[kMaxOrders];
        const Context& context = contexts_[stream];
        tables_.find(context.hashes, context.known, slots);
        predictors::propose(slots, tables_.orders(), match_.predict(stream), parameters_.candidates, out.candidates);
        counters_.predict(out.candidates);
        double row[kMaxCandidates];
        for (int i = 0; i < out.candidates.count; ++i) row[i] = order0.weights[out.candidates.list[i].symbol];
        out.left = mixer_.decide(out.candidates, row, static_cast<double>(order0.total), out.decisions);
    }

    bool wants_model(const Proposal& proposal) const {
        if (!parameters_.skip) return true;
        if (recent_accuracy_ >= parameters_.skip_regime / 65536.0) return false;
        return proposal.candidates.count == 0 || proposal.decisions[0].probability < kSure;
    }

    void learn(int stream, const Proposal& proposal, Symbol symbol) {
        mixer_.learn(proposal.candidates, proposal.decisions, symbol);
        counters_.learn(proposal.candidates, symbol);
        const bool right = proposal.candidates.count && proposal.candidates.list[0].symbol == symbol;
        recent_accuracy_ = recent_accuracy_ + ((right ? 1.0 : 0.0) - recent_accuracy_) / kRecent;
        order0.learn(symbol);
        Context& context = contexts_[stream];
        tables_.learn(context.hashes, context.known, symbol);
        histories_[stream].push_back(symbol);
        match_.learn(stream);
        context.known = context_hashes(histories_[stream], tables_.orders(), context.hashes);
        tables_.prefetch(context.hashes, context.known);
    }

    int streams() const { return static_cast<int>(histories_.size()); }

    Order0Row order0;

private:
    struct Context {  // the hashes of a stream's last symbols
        int known = 0;
        std::uint64_t hashes[kMaxOrders];
    };

    Parameters parameters_;
    std::vector<History> histories_;
    std::vector<Context> contexts_;  // (stream,)
    NgramTables tables_;
    MatchModel match_;
    ExpertCounters counters_;
    Mixer mixer_;
    double recent_accuracy_ = 0.0;
};

}  // namespace nacomp::predictors
