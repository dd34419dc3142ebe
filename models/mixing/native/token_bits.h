// Tokens as bits (formats/PREDICTORS.md, section 14): every decision of the vocabulary's tree is predicted by the token's row and by
// the context mixer beside each other.
#pragma once

#include <cstdint>
#include <vector>

#include "context_set.h"
#include "mixer.h"
#include "mixing.h"
#include "token_row.h"
#include "token_tree.h"

namespace nacomp::mixing {

class TokenBits {
   public:
    // size: bytes of all streams together, about; it decides the tables' sizes.
    TokenBits(const TokenTree& tree, uint64_t size, int streams);
    TokenBits(const TokenBits&) = delete;
    // About what the tables of a block of so many bytes take, in bytes.
    static uint64_t memory(uint64_t size);

    // Walks from the root to a token's place and learns every decision on the way. `decide(node, p)` codes one of them: p is the
    // probability of a 1 in 2^-22; it returns the bit.
    template <typename Decide>
    int walk(int stream, const TokenRow& row, Decide&& decide) {
        open(stream, row);
        int lo = 0, hi = tree_.places();
        int32_t at = tree_.root();
        while (at >= 0) {
            const TreeNode& node = tree_.node(at);
            pass(lo, node.depth);
            row_inputs(row, lo, node.split, hi);
            const bool sure = is_sure();
            const uint32_t p = sure ? predict_sure(node.end) : node.end ? predict_end(row, at) : predict_bit(row, at);
            const int bit = decide(node, p);
            sure ? learn_sure(node.end, bit) : node.end ? learn_end(bit) : learn_bit(bit);
            (bit ? lo : hi) = node.split;
            at = node.child[bit];
        }
        close(lo);
        return lo;
    }

   private:
    static constexpr int kRowInputs = 2, kEndContexts = 14, kNodeContexts = 2;
    struct Tokens {  // of one stream
        uint32_t last[3] = {};  // 1 + place, newest first
        uint32_t sizes[2] = {};
    };

    void open(int stream, const TokenRow& row);
    void close(int place);
    void pass(int place, uint32_t depth);
    void row_inputs(const TokenRow& row, int lo, int split, int hi);
    bool is_sure() const;
    uint32_t predict_sure(bool end);
    uint32_t predict_bit(const TokenRow& row, int32_t at);
    uint32_t predict_end(const TokenRow& row, int32_t at);
    void learn_sure(bool end, int bit);
    void learn_bit(int bit);
    void learn_end(int bit);

    const TokenTree& tree_;
    Mixing bytes_;
    ContextSet node_contexts_, end_contexts_;
    TwoLayers ends_;
    Apm end_apm_, sure_apm_;
    std::vector<Tokens> tokens_;
    int stream_ = 0;
    uint32_t depth_ = 0;      // bits of the open token that the byte mixer has
    uint32_t expected_ = 0;   // 1 + the likeliest place
    int16_t outside_[kMaxOutside] = {};
    int bucket_ = 0;          // of the row's answer to the open decision
};

}  // namespace nacomp::mixing
