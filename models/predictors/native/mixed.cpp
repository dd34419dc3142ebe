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
      bits_(*tree_, size, streams),
      rows_(streams) {
    for (mixing::TokenRow& row : rows_) row.sums.resize(tree_->places() + 1);
}

// The row in the order of the tree's places.
void MixedEnsemble::see(int i) {
    const Ensemble::Row& row = ensemble_.row(i);
    mixing::TokenRow& seen = rows_[i];
    const Vocabulary& vocabulary = ensemble_.vocabulary();
    const std::vector<std::int32_t>& symbols = tree_->symbols();
    const Symbol first_escape = vocabulary.first_escape();
    std::uint64_t sum = 0, most = 0;
    int place = 0;
    const auto add = [&](std::uint64_t weight) {
        seen.sums[place] = sum;
        sum += weight;
        if (weight > most) most = weight, seen.likeliest = place;
        ++place;
    };
    seen.likeliest = 0;
    if (row.model) {
        const std::uint32_t* weights = row.biased.weights.data();
        for (const std::int32_t symbol : symbols)
            add(symbol < first_escape ? weights[symbol] : static_cast<std::uint64_t>(row.escapes[symbol - first_escape]));
    } else {
        const std::uint32_t* weights = ensemble_.order0().weights.data();
        for (const std::int32_t symbol : symbols) add(weights[symbol]);
    }
    seen.sums[place] = sum;
    seen.asked = row.model;
    seen.candidates = 0;
    const Decision* decided = ensemble_.decisions(row);
    for (int c = 0; c < row.proposal.candidates.count; ++c) {
        const int place = tree_->place(row.proposal.candidates.list[c].symbol);
        if (place < 0) continue;
        const int at = seen.candidates++;
        seen.place[at] = place;
        seen.weight[at] = seen.base(place, place + 1);
        seen.mass[at] = static_cast<std::uint64_t>(std::floor(decided[c].mass * kMass));
        sum -= seen.weight[at];
    }
    // Of what can be coded: the row of pages and slots has a place for more.
    seen.scale = sum ? (row.left * kMass) / static_cast<double>(sum) : 0.0;
}

double MixedEnsemble::encode_row(int i, std::int32_t symbol, mixing::BitEncoder& coder, bool costs) {
    const int place = tree_->place(symbol);
    double cost = 0.0;
    bits_.walk(ensemble_.row(i).stream, rows_[i], [&](const mixing::TreeNode& node, std::uint32_t p) {
        const int bit = place >= node.split;
        coder.encode(bit, p << kToFrequency);
        if (costs) cost += mixing::kBits - std::log2(static_cast<double>(bit ? p : mixing::kOne - p));
        return bit;
    });
    return cost;
}

std::int32_t MixedEnsemble::decode_row(int i, mixing::BitDecoder& coder) {
    const auto decide = [&](const mixing::TreeNode&, std::uint32_t p) { return coder.decode(p << kToFrequency); };
    return tree_->symbol(bits_.walk(ensemble_.row(i).stream, rows_[i], decide));
}

void MixedEnsemble::encode(const std::int32_t* streams, int rows, const float* logits, const std::uint8_t* has,
                           const std::int32_t* symbols, mixing::BitEncoder& coder, double* bits) {
    const FloatRules rules;
    ensemble_.open(streams, rows, logits, has);
    for (int i = 0; i < rows; ++i) {
        see(i);
        bits[i] = encode_row(i, symbols[i], coder, true);
    }
    ensemble_.update(symbols);
}

void MixedEnsemble::decode(const std::int32_t* streams, int rows, const float* logits, const std::uint8_t* has,
                           std::int32_t* symbols, mixing::BitDecoder& coder) {
    const FloatRules rules;
    ensemble_.open(streams, rows, logits, has);
    for (int i = 0; i < rows; ++i) {
        see(i);
        symbols[i] = decode_row(i, coder);
    }
    ensemble_.update(symbols);
}

}  // namespace nacomp::predictors
