// One block's tokens as bits: the ensemble's rows, walked through the vocabulary's tree beside the context mixer, into words or
// back (formats/PREDICTORS.md, section 14). Knows no Python.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "ensemble.h"
#include "mixing/native/token_bits.h"
#include "row_coder.h"

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

    // The same row by row, in a step that the ensemble began and will close: `see` of its open rows, at any time and on any
    // thread; then each in its turn. Gives the bits where `costs`, else 0.
    void see(int i);
    double encode_row(int i, std::int32_t symbol, mixing::BitEncoder& coder, bool costs);
    std::int32_t decode_row(int i, mixing::BitDecoder& coder);

private:
    std::shared_ptr<const mixing::TokenTree> tree_;
    Ensemble ensemble_;
    mixing::TokenBits bits_;
    std::vector<mixing::TokenRow> rows_;  // (row,) as the tree sees the step's rows
};

class MixedRowEncoder : public RowEncoder {
public:
    // The arguments are those of MixedEnsemble.
    template <class... Arguments>
    explicit MixedRowEncoder(Arguments&&... arguments) : mixed_(std::forward<Arguments>(arguments)...) {}
    Ensemble& ensemble() override { return mixed_.ensemble(); }
    void open(int i) override { mixed_.see(i); }
    void encode(const std::int32_t* symbols, int rows) override {
        for (int i = 0; i < rows; ++i) mixed_.encode_row(i, symbols[i], coder_, false);
    }
    std::vector<std::uint32_t> finish() override { return coder_.finish(); }

private:
    MixedEnsemble mixed_;
    mixing::BitEncoder coder_;
};

class MixedRowDecoder : public RowDecoder {
public:
    template <class... Arguments>
    explicit MixedRowDecoder(std::vector<std::uint32_t> words, Arguments&&... arguments)
        : mixed_(std::forward<Arguments>(arguments)...), coder_(std::move(words)) {}
    Ensemble& ensemble() override { return mixed_.ensemble(); }
    void open(int i) override { mixed_.see(i); }
    void decode(std::int32_t* symbols, int rows) override {
        for (int i = 0; i < rows; ++i) symbols[i] = mixed_.decode_row(i, coder_);
    }

private:
    MixedEnsemble mixed_;
    mixing::BitDecoder coder_;
};

}  // namespace nacomp::predictors
