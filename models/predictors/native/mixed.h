// One block's tokens as bits: the ensemble's rows, walked through the vocabulary's tree beside the context mixer, into words or
// back (formats/PREDICTORS.md, section 14). Knows no Python.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "ensemble.h"
#include "mixing/native/range_coder.h"
#include "mixing/native/token_bits.h"

namespace nacomp::predictors {

class MixedEnsemble {
public:
    // Context biases on a third of the tokens that have them in rows of pages and slots: the mixer beside makes up for the others (0.04%
    // of prose), and a row takes 5 us less.
    static constexpr int kLikely = 10;

    // size: bytes of the block, which decides the tables' sizes. The tree's ids are the vocabulary's symbols.
    MixedEnsemble(Vocabulary vocabulary, std::shared_ptr<const mixing::TokenTree> tree, const Parameters& parameters,
                  const Rates& rates, int streams, std::uint64_t size, const InitialWeights& initial, const Kernel& kernel);

    Ensemble& ensemble() { return ensemble_; }
    const mixing::TokenTree& tree() const { return *tree_; }

    // Codes a step and learns it. symbols: (rows,), each in the tree; bits: (rows,) what they cost, for statistics.
    void encode(const std::int32_t* streams, int rows, const float* logits, const std::uint8_t* has,
                const std::int32_t* symbols, mixing::BitEncoder& coder, double* bits);
    // The same back; symbols: (rows,) out. Throws std::domain_error.
    void decode(const std::int32_t* streams, int rows, const float* logits, const std::uint8_t* has, std::int32_t* symbols,
                mixing::BitDecoder& coder);

private:
    void see(const Ensemble::Row& row);

    std::shared_ptr<const mixing::TokenTree> tree_;
    Ensemble ensemble_;
    mixing::TokenBits bits_;
    mixing::TokenRow row_;  // of the token that is being coded
};

}  // namespace nacomp::predictors
