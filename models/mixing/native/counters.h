// Adaptive probabilities: the 16-bit node of the hash table, the 32-bit counter of direct tables, and what is built of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "arithmetic.h"
#include "memory.h"
#include "native/prefetch.h"

namespace nacomp::mixing {

// A node of the hash table: upper 8 bits of 24 the last bits seen behind a leading 1 (up to seven of them), 12 bits probability
// that the bit is 1, lower 4 bits how often it was seen, up to 15. `kNewNode` is one that was never seen.
struct Node {
    static constexpr uint32_t kNew = 1u << 16 | 2048u << 4;
    static uint32_t p(uint32_t node) { return node >> 4 & 4095; }
    static uint32_t seen(uint32_t node) { return node & 15; }
    static uint32_t past(uint32_t node) { return node >> 16; }
    static uint32_t learnt(uint32_t node, uint32_t bit) {
        const uint32_t p = Node::p(node), n = seen(node), wrong = bit ? 4095 - p : p;
        const uint32_t step = (wrong * kRates[n] + (1 << 15)) >> 16;
        // A node that was surely wrong learns as quickly again as one that was seen four times.
        const uint32_t times = wrong > kSurprise && n > kAfterSurprise ? kAfterSurprise : n < 15 ? n + 1 : n;
        uint32_t seen_bits = past(node) << 1 | bit;
        if (seen_bits > 255) seen_bits = (seen_bits & 127) | 128;
        return seen_bits << 16 | (bit ? p + step : p - step) << 4 | times;
    }

    static constexpr uint32_t kSurprise = 3072, kAfterSurprise = 4;
    static const uint32_t kRates[16];  // 2^-16
};

// A counter: upper 22 bits probability, lower 10 bits how often it was seen, up to a limit (at most 1,023).
struct Counter {
    static constexpr uint32_t made(uint32_t p, uint32_t n = 0) { return p << 10 | n; }
    static uint32_t p(uint32_t counter) { return counter >> 10; }
    static uint32_t learnt(uint32_t counter, int bit, uint32_t limit) {
        // Without a branch, which would be missed as often as the bit.
        const uint32_t n = counter & 1023, flip = (0u - static_cast<uint32_t>(bit)) & (kOne - 1), wrong = counter >> 10 ^ flip;
        const uint32_t step = ((wrong >> 7) * reciprocals.of[n]) >> 9;
        return ((wrong - step) ^ flip) << 10 | (n + (n < limit));
    }
    struct Reciprocals {
        uint32_t of[1024];  // 2^-16 of 1 / (n + 1.5)
        Reciprocals() {
            for (uint32_t n = 0; n < 1024; n++) of[n] = (1 << 17) / (2 * n + 3);
        }
    };
    static const Reciprocals reciprocals;
};

// A table of counters: context to probability; it learns the bit of the context that it was last asked for.
class StateMap {
   public:
    explicit StateMap(size_t contexts, uint32_t limit = 1023) : counters_(contexts, Counter::made(kOne / 2)), limit_(limit) {}
    uint32_t p(size_t context) {
        last_ = context;
        return Counter::p(counters_[context]);
    }
    void learn(int bit) { counters_[last_] = Counter::learnt(counters_[last_], bit, limit_); }

   private:
    std::vector<uint32_t> counters_;
    size_t last_ = 0;
    uint32_t limit_;
};

// Adaptive probability map (secondary estimation): a probability and a context to a better probability, between 33 points of the
// logistic domain; the nearer one learns.
class Apm {
   public:
    // confidence: how many observations the probability that comes in counts for.
    explicit Apm(size_t contexts, uint32_t limit = 255, uint32_t confidence = 0) : counters_(contexts * kRow), limit_(limit) {
        for (int i = 0; i < kPoints; i++) first_[i] = Counter::made(squash((i - kPoints / 2) * kStep), confidence);
    }
    void prefetch(size_t context) const {
        const uint32_t* row = &counters_[context * kRow];
        prefetch_for_write(row);
        prefetch_for_write(row + 16);
    }
    uint32_t refine(int x, size_t context) {
        const uint32_t at = static_cast<uint32_t>(clamp_logistic(x) + kPoints / 2 * kStep);
        const uint32_t low = at / kStep, part = at % kStep, nearer = part >= kStep / 2;
        const uint32_t* both = &counters_[context * kRow + low];
        last_ = context * kRow + low + nearer;
        last_point_ = low + nearer;
        return (Counter::p(both[0] ^ first_[low]) * (kStep - part) + Counter::p(both[1] ^ first_[low + 1]) * part) / kStep;
    }
    void learn(int bit) {
        const uint32_t first = first_[last_point_];
        counters_[last_] = Counter::learnt(counters_[last_] ^ first, bit, limit_) ^ first;
    }

   private:
    static constexpr int kStep = 256, kPoints = 25, kRow = 32;  // kRow: a point and what fills two cache lines
    uint32_t first_[kPoints];   // what each point's counters begin with
    Memory<uint32_t> counters_; // (context, point), each xor what it began with, so that new memory needs no filling
    size_t last_ = 0;
    uint32_t last_point_ = 0;
    uint32_t limit_;
};

}  // namespace nacomp::mixing
