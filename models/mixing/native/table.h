// The hash table of the contexts: a slot, one cache line, holds the 15 nodes of one nibble in one context.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "memory.h"
#include "native/prefetch.h"

namespace nacomp::mixing {

struct Slot {
    uint32_t check;      // lower half: that of the hash, tells contexts apart that share a place; upper half: the round it was found in
    uint32_t nodes[15];  // [the bits of the nibble so far behind a leading 1, less 1], each xor Node::kNew, so that 0 is new
};
static_assert(sizeof(Slot) == 64, "a slot fills a cache line");

class HashTable {
   public:
    static constexpr uint32_t kWords = sizeof(Slot) / sizeof(uint32_t);

    explicit HashTable(int bits) : slots_(size_t{1} << bits), bits_(bits) {}

    uint32_t* words() { return &slots_[0].check; }
    void prefetch(uint32_t hash) { prefetch_for_write(&slots_[place(hash)]); }
    // Once that has arrived: asks for the place beside it where the first is another context's.
    void prefetch_other(uint32_t hash) {
        const size_t at = place(hash);
        prefetch_for_write(&slots_[at ^ ((slots_[at].check & 0xffff) != (hash & 0xffff))]);
    }

    // Begins a round: the contexts of one nibble.
    void begin() {
        round_ += 1 << 16;
        shared_ = false;
    }
    // Whether two contexts of this round may have been given the same slot.
    bool shared() const { return shared_; }
    // Where the slot of a context begins, in words: at its place or the place beside it; if neither is its own, the one seen less
    // often is wiped.
    uint32_t find(uint32_t hash) {
        const size_t at = place(hash);
        const uint32_t check = hash & 0xffff;
        if ((slots_[at].check & 0xffff) == check) return given(at, check);
        if ((slots_[at ^ 1].check & 0xffff) == check) return given(at ^ 1, check);
        const size_t worse = (slots_[at].nodes[0] & 15) <= (slots_[at ^ 1].nodes[0] & 15) ? at : at ^ 1;
        std::memset(slots_[worse].nodes, 0, sizeof slots_[worse].nodes);
        return given(worse, check);
    }

   private:
    uint32_t given(size_t at, uint32_t check) {
        shared_ |= (slots_[at].check & 0xffff0000u) == round_;
        slots_[at].check = round_ | check;
        return static_cast<uint32_t>(at) * kWords;
    }
    size_t place(uint32_t hash) const { return hash >> (32 - bits_); }

    Memory<Slot> slots_;
    int bits_;
    uint32_t round_ = 0;
    bool shared_ = false;
};

}  // namespace nacomp::mixing
