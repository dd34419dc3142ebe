// The predictors that know coded symbols only, and the skip decision they allow. Mirrors symbol_models.py.
#pragma once

#include "chain.h"
#include "layout.h"

namespace nacomp {

struct Parameters {
    int ngram_orders, table_bits, match_minimum, chain;
    bool skip;
    int skip_regime;
};

// What the chain proposes for a stream's next symbol, and what it is worth beside the fallback row.
struct Proposal {
    Candidates candidates;
    Decision decisions[kMaxChain];
    double left;
};

class Sparse {
public:
    Sparse(const Layout& layout, const Parameters& parameters, int streams, const Starts& starts)
        : fallback(layout),
          parameters_(parameters),
          histories_(streams),
          tables_(parameters.ngram_orders, parameters.table_bits),
          match_(histories_, parameters.match_minimum, parameters.table_bits),
          experts_(starts),
          mixer_(starts.fallback, 0.003) {}
    Sparse(const Sparse&) = delete;

    void propose(int stream, Proposal& out) const {
        std::uint64_t hashes[kMaxOrders];
        const Slot* slots[kMaxOrders];
        const int known = context_hashes(histories_[stream], tables_.orders(), hashes);
        tables_.find(hashes, known, slots);
        nacomp::propose(slots, tables_.orders(), match_.predict(stream), parameters_.chain, out.candidates);
        experts_.ask(out.candidates);
        double row[kMaxChain];
        for (int i = 0; i < out.candidates.count; ++i) row[i] = fallback.weights[out.candidates.list[i].symbol];
        out.left = mixer_.decide(out.candidates, row, static_cast<double>(fallback.total), out.decisions);
    }

    bool wants_model(const Proposal& proposal) const {
        if (!parameters_.skip) return true;
        if (right_ >= parameters_.skip_regime / 65536.0) return false;
        return proposal.candidates.count == 0 || proposal.decisions[0].probability < 0.99;
    }

    void learn(int stream, const Proposal& proposal, Symbol symbol) {
        mixer_.learn(proposal.candidates, proposal.decisions, symbol);
        experts_.learn(proposal.candidates, symbol);
        const bool right = proposal.candidates.count && proposal.candidates.list[0].symbol == symbol;
        right_ = right_ + ((right ? 1.0 : 0.0) - right_) / 64.0;
        fallback.learn(symbol);
        std::uint64_t hashes[kMaxOrders];
        const int known = context_hashes(histories_[stream], tables_.orders(), hashes);
        tables_.learn(hashes, known, symbol);
        histories_[stream].push_back(symbol);
        match_.learn(stream);
    }

    int streams() const { return static_cast<int>(histories_.size()); }

    Fallback fallback;

private:
    Parameters parameters_;
    std::vector<History> histories_;
    NgramTables tables_;
    MatchModel match_;
    Experts experts_;
    Mixer mixer_;
    double right_ = 0.0;
};

}  // namespace nacomp
