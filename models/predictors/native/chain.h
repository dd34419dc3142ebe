// The mixer: a chain of yes/no decisions over the proposed symbols. Mirrors states.py and chain.py, which say why.
#pragma once

#include <vector>

#include "arithmetic.h"
#include "tables.h"

namespace nacomp {

constexpr int kMaxChain = 16;
constexpr int kMaxExperts = kMaxOrders + 1;
constexpr int kMaxInputs = kMaxOrders + 3;
constexpr int kHitStates = 7, kMissStates = 6, kStates = kHitStates * kMissStates * 2;
constexpr int kMatchStates = 16;
constexpr double kMass = 17592186044416.0;  // 2^44

inline int count_state(int hits, int misses, bool latest) {
    if (hits > 4) hits = hits < 8 ? 5 : 6;
    if (misses > 2) misses = misses < 5 ? 3 : misses < 12 ? 4 : 5;
    return (hits * kMissStates + misses) * 2 + (latest ? 1 : 0);
}

inline int match_state(int length) {
    if (length <= 8) return length > 0 ? length - 1 : 0;
    static const int limits[] = {12, 16, 20, 24, 32, 48, 400};
    for (int i = 0; i < 7; ++i)
        if (length < limits[i]) return 8 + i;
    return 15;
}

class AdaptiveProbability {
public:
    AdaptiveProbability(std::vector<double> start, int weight) : p_(std::move(start)), n_(p_.size(), weight) {}

    double operator[](int state) const { return p_[state]; }

    void learn(int state, bool hit) {
        p_[state] = p_[state] + ((hit ? 1.0 : 0.0) - p_[state]) / (n_[state] + 1.5);
        if (n_[state] < 255) ++n_[state];
    }

private:
    std::vector<double> p_;
    std::vector<int> n_;
};

struct Candidate {
    Symbol symbol;
    int states[kMaxExperts];  // per expert, -1 where silent; the match model is the last of them
    double inputs[kMaxInputs];
    int weights;  // index of the weight set
    double probability;
    double mass;
};

struct Candidates {
    int count = 0;
    Candidate list[kMaxChain];
};

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
    for (int k = 0; k < orders; ++k) {
        const int total = slots[k] ? slots[k]->total() : 0;
        for (int i = 0; i < out.count; ++i) {
            Candidate& c = out.list[i];
            c.states[k] = -1;
            if (!slots[k]) continue;
            const int at = slots[k]->find(c.symbol);
            const int hits = at >= 0 ? slots[k]->counts[at] : 0;
            c.states[k] = count_state(hits, total - hits, at == 0);
        }
    }
    for (int i = 0; i < out.count; ++i)
        out.list[i].states[orders] = out.list[i].symbol == match.first ? match_state(match.second) : -1;
}

class Chain {
public:
    explicit Chain(int orders)
        : orders_(orders),
          counts_(2 * orders, AdaptiveProbability(initial_states(), 6)),
          match_(initial_match(), 4),
          weights_(2 * (orders + 2) * 8 * inputs(), 0.15) {
        for (std::size_t i = 0; i < weights_.size(); i += inputs()) {
            weights_[i] = 1.0;
            weights_[i + inputs() - 1] = 0.0;
        }
    }

    double confidence(const Candidates& c) const {
        return c.count && c.list[0].states[orders_] >= 0 ? match_[c.list[0].states[orders_]] : 0.0;
    }

    // row[i]: the dense row's weight of candidate i. Returns the mass left for all other symbols.
    double decide(Candidates& c, const double* row, double total, bool model) const {
        double left = 1.0, rest = total;
        for (int rank = 0; rank < c.count; ++rank) {
            Candidate& candidate = c.list[rank];
            mix(candidate, rank ? 1 : 0, rest > 0.0 ? row[rank] / rest : 0.0, model);
            candidate.mass = left * candidate.probability;
            left = left * (1.0 - candidate.probability);
            rest = rest - row[rank];
        }
        return left;
    }

    // `mixed`: whether `decide` has run, so that there are weights to move.
    void learn(const Candidates& c, Symbol symbol, bool mixed) {
        for (int rank = 0; rank < c.count; ++rank) {
            const Candidate& candidate = c.list[rank];
            const bool hit = candidate.symbol == symbol;
            if (mixed) {
                const double step = ((hit ? 1.0 : 0.0) - candidate.probability) * 0.02;
                double* w = &weights_[candidate.weights];
                for (int i = 0; i < inputs(); ++i) w[i] = w[i] + step * candidate.inputs[i];
            }
            for (int expert = 0; expert <= orders_; ++expert)
                if (candidate.states[expert] >= 0) table(expert, rank ? 1 : 0).learn(candidate.states[expert], hit);
            if (hit) break;
        }
    }

private:
    static std::vector<double> initial_states() {
        std::vector<double> table;
        for (int hits = 0; hits < kHitStates; ++hits)
            for (int misses = 0; misses < kMissStates; ++misses) {
                table.push_back((hits + 0.2) / (hits + misses + 1.2));
                table.push_back((hits + 0.4) / (hits + misses + 1.2));
            }
        return table;
    }

    static std::vector<double> initial_match() {
        std::vector<double> table;
        for (int k = 0; k < kMatchStates; ++k) table.push_back(1.0 - 1.0 / (k + 2.0));
        return table;
    }

    int inputs() const { return orders_ + 3; }
    const AdaptiveProbability& table(int expert, int rank) const {
        return expert == orders_ ? match_ : counts_[2 * expert + rank];
    }
    AdaptiveProbability& table(int expert, int rank) { return expert == orders_ ? match_ : counts_[2 * expert + rank]; }

    void mix(Candidate& c, int rank, double own, bool model) const {
        const double base = stretch(own);
        int highest = 0;
        c.inputs[0] = base;
        for (int expert = 0; expert <= orders_; ++expert) {
            const int state = c.states[expert];
            c.inputs[1 + expert] = state < 0 ? 0.0 : stretch(table(expert, rank)[state]);
            if (state >= 0 && (expert == orders_ || state >= 12)) highest = expert + 1;
        }
        c.inputs[orders_ + 2] = 0.3;
        const int bucket = std::max(0, std::min(7, static_cast<int>(base + 12.0) / 3));
        c.weights = (((model ? 1 : 0) * (orders_ + 2) + highest) * 8 + bucket) * inputs();
        double dot = 0.0;
        for (int i = 0; i < inputs(); ++i) dot = dot + weights_[c.weights + i] * c.inputs[i];
        c.probability = squash(dot);
    }

    int orders_;
    std::vector<AdaptiveProbability> counts_;
    AdaptiveProbability match_;
    std::vector<double> weights_;
};

}  // namespace nacomp
