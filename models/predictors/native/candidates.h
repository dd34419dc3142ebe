// The few symbols that n-grams and match model propose, and what their counters say. Mirrors candidates.py, which says why.
#pragma once

#include <utility>
#include <vector>

#include "counters.h"
#include "initial_weights.h"
#include "ngram.h"

namespace nacomp::predictors {

constexpr int kMaxCandidates = 16;
constexpr int kMatch = kMaxOrders;  // place of the match model among the experts
constexpr int kExperts = kMaxOrders + 1;
constexpr int kFollowerConfidence = 12, kMatchConfidence = 8;

struct Candidate {
    Symbol symbol;
    int counters[kExperts];       // which counter of the expert's table applies, -1 where it does not know the context
    double inputs[kExperts + 1];  // stretched probabilities, then the constant
    int highest_order;            // that has seen the symbol here; 7: the match model predicts it, 0: nothing has
};

struct Candidates {
    int count = 0;
    Candidate list[kMaxCandidates];
};

// The match model's symbol, then each order's followers from the longest context down.
inline void propose(const Slot* const* slots, int orders, std::pair<Symbol, int> match, int limit, Candidates& out) {
    out.count = 0;
    const auto add = [&](Symbol symbol) {
        for (int i = 0; i < out.count; ++i)
            if (out.list[i].symbol == symbol) return;
        if (out.count < limit) out.list[out.count++].symbol = symbol;
    };
    if (match.first >= 0) add(match.first);
    for (int k = orders - 1; k >= 0; --k)
        if (slots[k])
            for (int i = 0; i < slots[k]->used; ++i) add(slots[k]->symbols[i]);
    for (int k = 0; k < kMaxOrders; ++k) {
        const Slot* slot = k < orders ? slots[k] : nullptr;
        const int total = slot ? slot->total() : 0;
        for (int i = 0; i < out.count; ++i) {
            Candidate& c = out.list[i];
            c.counters[k] = -1;
            if (!slot) continue;
            const int at = slot->find(c.symbol);
            const int hits = at >= 0 ? slot->counts[at] : 0;
            c.counters[k] = follower_counter(hits, total - hits, at == 0);
        }
    }
    for (int i = 0; i < out.count; ++i)
        out.list[i].counters[kMatch] = out.list[i].symbol == match.first ? match_counter(match.second) : -1;
}

// The counters of every expert: two tables for an order (first candidate, later ones), one for the match model.
class ExpertCounters {
public:
    explicit ExpertCounters(const InitialWeights& initial) : match_(initial.match, kMatchConfidence) {
        for (const auto& table : initial.followers) orders_.emplace_back(table, kFollowerConfidence);
    }

    void predict(Candidates& c) const {
        for (int rank = 0; rank < c.count; ++rank) {
            Candidate& candidate = c.list[rank];
            candidate.highest_order = 0;
            for (int expert = 0; expert < kExperts; ++expert) {
                const int counter = candidate.counters[expert];
                candidate.inputs[expert] = 0.0;
                if (counter < 0) continue;
                const Counters& table =
                    expert == kMatch ? match_ : orders_[2 * expert + (rank ? 1 : 0)];
                candidate.inputs[expert] = table.stretched(counter);
                if (expert == kMatch || counter >= kMissLevels * 2) candidate.highest_order = expert + 1;
            }
            candidate.inputs[kExperts] = 0.3;
        }
    }

    void learn(const Candidates& c, Symbol symbol) {
        for (int rank = 0; rank < c.count; ++rank) {
            const Candidate& candidate = c.list[rank];
            const bool hit = candidate.symbol == symbol;
            for (int expert = 0; expert < kExperts; ++expert) {
                const int counter = candidate.counters[expert];
                if (counter < 0) continue;
                (expert == kMatch ? match_ : orders_[2 * expert + (rank ? 1 : 0)]).learn(counter, hit);
            }
            if (hit) break;
        }
    }

private:
    std::vector<Counters> orders_;
    Counters match_;
};

}  // namespace nacomp::predictors
