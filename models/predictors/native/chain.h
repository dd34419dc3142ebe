// The mixer: a chain of yes/no decisions over the proposed symbols. Mirrors counters.py and mixer.py, which say why.
#pragma once

#include <vector>

#include "arithmetic.h"
#include "tables.h"

namespace nacomp {

constexpr int kMaxChain = 16;
constexpr int kMatch = kMaxOrders;  // place of the match model among the experts
constexpr int kExperts = kMaxOrders + 1;
constexpr int kInputs = kExperts + 2;
constexpr int kHitStates = 8, kMissStates = 7, kStates = kHitStates * kMissStates * 2;
constexpr int kMatchStates = 16;
constexpr int kBuckets = 8, kRanks = 8, kSources = kExperts + 1;
constexpr int kStateWeight = 12, kMatchWeight = 8;

// Start values, from initial_weights.py.
struct MixerStarts {
    std::vector<double> by_source;  // (source * kBuckets + bucket, input)
    std::vector<double> by_rank;    // (rank * kSources + source, input)
};

struct Starts {
    std::vector<std::vector<double>> states;  // (2 * order + later candidate, state)
    std::vector<double> match;                // (state,)
    std::vector<double> recency;              // (distance * kLikelihoods + likelihood,)
    MixerStarts model, fallback;
};

inline int count_state(int hits, int misses, bool latest) {
    if (hits > 4) hits = hits < 8 ? 5 : hits < 16 ? 6 : 7;
    if (misses > 2) misses = misses < 5 ? 3 : misses < 9 ? 4 : misses < 20 ? 5 : 6;
    return (hits * kMissStates + misses) * 2 + (latest ? 1 : 0);
}

inline int match_state(int length) {
    if (length <= 8) return length > 0 ? length - 1 : 0;
    static const int limits[] = {12, 16, 20, 24, 32, 48, 400};
    for (int i = 0; i < 7; ++i)
        if (length < limits[i]) return 8 + i;
    return kMatchStates - 1;
}

class AdaptiveProbability {
public:
    AdaptiveProbability(const std::vector<double>& start, int weight) {
        for (double p : start) cells_.push_back({p, nacomp::stretch(p), weight});
    }

    double stretched(int state) const { return cells_[state].stretched; }

    void learn(int state, bool hit) {
        Cell& cell = cells_[state];
        cell.p = cell.p + ((hit ? 1.0 : 0.0) - cell.p) / (cell.n + 1.5);
        cell.stretched = nacomp::stretch(cell.p);
        if (cell.n < 255) ++cell.n;
    }

private:
    struct Cell {
        double p, stretched;
        int n;
    };
    std::vector<Cell> cells_;
};

struct Candidate {
    Symbol symbol;
    int states[kExperts];      // per expert, -1 where silent
    double inputs[kExperts + 1];  // stretched probabilities, then the constant
    int source;                // 1 + highest expert that has seen the symbol here
};

struct Candidates {
    int count = 0;
    Candidate list[kMaxChain];
};

struct Decision {
    double base;
    int by_source, by_rank;  // offsets of the weight sets
    double probability, mass;
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
    for (int k = 0; k < kMaxOrders; ++k) {
        const Slot* slot = k < orders ? slots[k] : nullptr;
        const int total = slot ? slot->total() : 0;
        for (int i = 0; i < out.count; ++i) {
            Candidate& c = out.list[i];
            c.states[k] = -1;
            if (!slot) continue;
            const int at = slot->find(c.symbol);
            const int hits = at >= 0 ? slot->counts[at] : 0;
            c.states[k] = count_state(hits, total - hits, at == 0);
        }
    }
    for (int i = 0; i < out.count; ++i)
        out.list[i].states[kMatch] = out.list[i].symbol == match.first ? match_state(match.second) : -1;
}

class Experts {
public:
    explicit Experts(const Starts& starts) : match_(starts.match, kMatchWeight) {
        for (const auto& table : starts.states) counts_.emplace_back(table, kStateWeight);
    }

    void ask(Candidates& c) const {
        for (int rank = 0; rank < c.count; ++rank) {
            Candidate& candidate = c.list[rank];
            candidate.source = 0;
            for (int expert = 0; expert < kExperts; ++expert) {
                const int state = candidate.states[expert];
                candidate.inputs[expert] = 0.0;
                if (state < 0) continue;
                const AdaptiveProbability& table =
                    expert == kMatch ? match_ : counts_[2 * expert + (rank ? 1 : 0)];
                candidate.inputs[expert] = table.stretched(state);
                if (expert == kMatch || state >= kMissStates * 2) candidate.source = expert + 1;
            }
            candidate.inputs[kExperts] = 0.3;
        }
    }

    void learn(const Candidates& c, Symbol symbol) {
        for (int rank = 0; rank < c.count; ++rank) {
            const Candidate& candidate = c.list[rank];
            const bool hit = candidate.symbol == symbol;
            for (int expert = 0; expert < kExperts; ++expert) {
                const int state = candidate.states[expert];
                if (state < 0) continue;
                (expert == kMatch ? match_ : counts_[2 * expert + (rank ? 1 : 0)]).learn(state, hit);
            }
            if (hit) break;
        }
    }

private:
    std::vector<AdaptiveProbability> counts_;
    AdaptiveProbability match_;
};

class Mixer {
public:
    Mixer(const MixerStarts& starts, double rate) : by_source_(starts.by_source), by_rank_(starts.by_rank), rate_(rate) {}

    // row[i]: the dense row's weight of candidate i. Fills `out` (candidate,); returns the mass left for all others.
    double decide(const Candidates& c, const double* row, double total, Decision* out) const {
        double left = 1.0, rest = total;
        for (int rank = 0; rank < c.count; ++rank) {
            const Candidate& candidate = c.list[rank];
            Decision& d = out[rank];
            d.base = stretch(rest > 0.0 ? row[rank] / rest : 0.0);
            const int bucket = std::min(kBuckets - 1, static_cast<int>((d.base + 12.0) / 3.0));
            d.by_source = (candidate.source * kBuckets + bucket) * kInputs;
            d.by_rank = (std::min(rank, kRanks - 1) * kSources + candidate.source) * kInputs;
            const double* a = &by_source_[d.by_source];
            const double* b = &by_rank_[d.by_rank];
            double dot = 0.0 + (a[0] + b[0]) * d.base;
            for (int i = 1; i < kInputs; ++i) dot = dot + (a[i] + b[i]) * candidate.inputs[i - 1];
            d.probability = squash(dot * 0.5);
            d.mass = left * d.probability;
            left = left * (1.0 - d.probability);
            rest = rest - row[rank];
        }
        return left;
    }

    void learn(const Candidates& c, const Decision* decisions, Symbol symbol) {
        for (int rank = 0; rank < c.count; ++rank) {
            const Candidate& candidate = c.list[rank];
            const Decision& d = decisions[rank];
            const bool hit = candidate.symbol == symbol;
            const double step = ((hit ? 1.0 : 0.0) - d.probability) * rate_;
            double* a = &by_source_[d.by_source];
            double* b = &by_rank_[d.by_rank];
            for (int i = 0; i < kInputs; ++i) {
                const double value = i ? candidate.inputs[i - 1] : d.base;
                a[i] = a[i] + step * value;
                b[i] = b[i] + step * value;
            }
            if (hit) break;
        }
    }

private:
    std::vector<double> by_source_, by_rank_;
    double rate_;
};

}  // namespace nacomp
