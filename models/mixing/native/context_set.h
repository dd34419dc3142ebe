// A few contexts of a decision that is no bit of a byte, each with a node in one table: the same four inputs a context that `Mixing`
// gives its mixer.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "arithmetic.h"
#include "counters.h"
#include "kernels.h"

namespace nacomp::mixing {

class ContextSet {
   public:
    static constexpr int kInputs = 4;

    // 2^bits nodes, which all contexts share.
    ContextSet(int contexts, int bits)
        : bits_(bits),
          table_(size_t{1} << bits),
          by_past_(static_cast<size_t>(contexts) * kClasses, Counter::made(kOne / 2)),
          nodes_(static_cast<size_t>(contexts)),
          state_(nodes_.size()),
          past_(nodes_.size()) {
        for (size_t i = 0; i < nodes_.size() * kClasses; i++)
            by_state_.push_back(Counter::made(squash((static_cast<int>(i % kClasses >> 4) - 32) * 64 + 32)));
    }

    // hashes: (contexts,). Fills kInputs inputs for each; returns how many of them have been seen.
    int predict(const uint32_t* hashes, int16_t* inputs) {
        int seen = 0;
        for (size_t i = 0; i < nodes_.size(); i++, inputs += kInputs) {
            const uint32_t hash = combine(hashes[i], static_cast<uint32_t>(i) + 1) * 0x9E3779B1u;
            Entry& entry = table_[hash >> (32 - bits_)];
            if (entry.check != (hash & 0xffff)) entry = {hash & 0xffff, Node::kNew};
            nodes_[i] = &entry.node;
            const uint32_t node = entry.node, times = Node::seen(node);
            const int x = odds<12>(Node::p(node));
            const uint32_t level = static_cast<uint32_t>(std::min(std::max(x + 2048, 0), 4095)) >> 6;
            state_[i] = &by_state_[i * kClasses + (level << 4) + times];
            past_[i] = &by_past_[i * kClasses + Node::past(node) * 4 + (times >> 2)];
            const uint32_t p = Counter::p(*state_[i]);
            const int32_t known = times ? -1 : 0;
            inputs[0] = static_cast<int16_t>(known & x);
            inputs[1] = static_cast<int16_t>(known & odds<16>(p >> 6));
            inputs[2] = static_cast<int16_t>(known & ((static_cast<int32_t>(p >> 10) - 2048) / 2));
            inputs[3] = static_cast<int16_t>(known & odds<16>(Counter::p(*past_[i]) >> 6));
            seen += times != 0;
        }
        return seen;
    }

    void learn(int bit) {
        for (size_t i = 0; i < nodes_.size(); i++) {
            *state_[i] = Counter::learnt(*state_[i], bit, kContextLimit);
            *past_[i] = Counter::learnt(*past_[i], bit, kContextLimit);
            *nodes_[i] = Node::learnt(*nodes_[i], static_cast<uint32_t>(bit));
        }
    }

   private:
    struct Entry {
        uint32_t check = 0, node = Node::kNew;
    };
    int bits_;
    std::vector<Entry> table_;
    std::vector<uint32_t> by_state_, by_past_;  // (context * kClasses + class of the node)
    std::vector<uint32_t*> nodes_;              // (context,) of the open decision
    std::vector<uint32_t*> state_, past_;
};

}  // namespace nacomp::mixing
