// The predictors that know coded symbols only, and the skip decision they allow. Mirrors `Sparse` in reference.py.
#pragma once

#include "chain.h"

namespace nacomp {

struct Parameters {
    int ngram_orders, table_bits, match_minimum, bias_rate, chain;
    bool skip;
};

class Sparse {
public:
    Sparse(const Parameters& parameters, int streams)
        : chain(parameters.ngram_orders),
          parameters_(parameters),
          histories_(streams),
          tables_(parameters.ngram_orders, parameters.table_bits),
          match_(histories_, parameters.match_minimum, parameters.table_bits) {}
    Sparse(const Sparse&) = delete;

    void propose(int stream, Candidates& out) const {
        std::uint64_t hashes[kMaxOrders];
        const Slot* slots[kMaxOrders];
        const int known = context_hashes(histories_[stream], tables_.orders(), hashes);
        tables_.find(hashes, known, slots);
        nacomp::propose(slots, tables_.orders(), match_.predict(stream), parameters_.chain, out);
    }

    bool wants_model(const Candidates& proposed) const {
        return !parameters_.skip || chain.confidence(proposed) < 0.999;
    }

    void learn(int stream, Symbol symbol) {
        std::uint64_t hashes[kMaxOrders];
        const int known = context_hashes(histories_[stream], tables_.orders(), hashes);
        tables_.learn(hashes, known, symbol);
        histories_[stream].push_back(symbol);
        match_.learn(stream);
    }

    int streams() const { return static_cast<int>(histories_.size()); }

    Chain chain;

private:
    Parameters parameters_;
    std::vector<History> histories_;
    NgramTables tables_;
    MatchModel match_;
};

}  // namespace nacomp
