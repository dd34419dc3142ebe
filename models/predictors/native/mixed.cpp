#include "mixed.h"

#include <cmath>

#include "native/float_rules.h"

namespace nacomp::predictors {

namespace {
constexpr int kToFrequency = mixing::kFrequencyBits - mixing::kBits;
}

MixedEnsemble::MixedEnsemble(Vocabulary vocabulary, std::shared_ptr<const mixing::TokenTree> tree,
                             const Parameters& parameters, const Rates& rates, int streams, std::uint64_t size,
                             const InitialWeights& initial, const Kernel& kernel)
    : tree_(std::move(tree)),
      ensemble_(std::move(vocabulary), parameters, rates, streams, initial, kernel),
      bits_(*tree_, size, streams) {
    row_.sums.resize(tree_->places() + 1);
}

// The row in the order of the tree's places.
void MixedEnsemble::see(const Ensemble::Row& row) {
    const Vocabulary& vocabulary = ensemble_.vocabulary();
    const std::vector<std::int32_t>& symbols = tree_->symbols();
    const Symbol first_escape = vocabulary.first_escape();
    std::uint64_t sum = 0, most = 0;
    int place = 0;
    const auto add = [&](std::uint64_t weight) {
        row_.sums[place] = sum;
        sum += weight;
        if (weight > most) most = weight, row_.likeliest = place;
        ++place;
    };
    row_.likeliest = 0;
    if (row.model) {
        const std::uint32_t* weights = row.biased.weights.data();
        for (const std::int32_t symbol : symbols)
            add(symbol < first_escape ? weights[symbol] : static_cast<std::uint64_t>(row.escapes[symbol - first_escape]));
    } else {
        const std::uint32_t* weights = ensemble_.order0().weights.data();
        for (const std::int32_t symbol : symbols) add(weights[symbol]);
    }
    row_.sums[place] = sum;
    row_.asked = row.model;
    row_.candidates = 0;
    const Decision* decided = ensemble_.decisions(row);
    for (int i = 0; i < row.proposal.candidates.count; ++i) {
        const int place = tree_->place(row.proposal.candidates.list[i].symbol);
        if (place < 0) continue;
        const int at = row_.candidates++;
        row_.place[at] = place;
        row_.weight[at] = row_.base(place, place + 1);
        row_.mass[at] = static_cast<std::uint64_t>(std::floor(decided[i].mass * kMass));
        sum -= row_.weight[at];
    }
    // Of what can be coded: the row of pages and slots has a place for more.
    row_.scale = sum ? (row.left * kMass) / static_cast<double>(sum) : 0.0;
}

void MixedEnsemble::encode(const std::int32_t* streams, int rows, const float* logits, const std::uint8_t* has,
                           const std::int32_t* symbols, mixing::BitEncoder& coder, double* bits) {
    const FloatRules rules;
    ensemble_.open(streams, rows, logits, has);
    for (int i = 0; i < rows; ++i) {
        see(ensemble_.row(i));
        const int place = tree_->place(symbols[i]);
        double cost = 0.0;
        bits_.walk(streams[i], row_, [&](const mixing::TreeNode& node, std::uint32_t p) {
            const int bit = place >= node.split;
            coder.encode(bit, p << kToFrequency);
            cost += mixing::kBits - std::log2(static_cast<double>(bit ? p : mixing::kOne - p));
            return bit;
        });
        bits[i] = cost;
    }
    ensemble_.update(symbols);
}

void MixedEnsemble::decode(const std::int32_t* streams, int rows, const float* logits, const std::uint8_t* has,
                           std::int32_t* symbols, mixing::BitDecoder& coder) {
    const FloatRules rules;
    ensemble_.open(streams, rows, logits, has);
    for (int i = 0; i < rows; ++i) {
        see(ensemble_.row(i));
        const int place = bits_.walk(streams[i], row_,
                                     [&](const mixing::TreeNode&, std::uint32_t p) { return coder.decode(p << kToFrequency); });
        symbols[i] = tree_->symbol(place);
    }
    ensemble_.update(symbols);
}

}  // namespace nacomp::predictors
