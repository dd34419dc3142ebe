// Token n-grams of orders 1 to 6 with bounded memory. Mirrors ngram.py, which says why.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "history.h"
#include "mixing/native/memory.h"
#include "native/prefetch.h"

namespace nacomp::predictors {

constexpr int kMaxOrders = 6;

// The followers of one context, most recent first. 36 bytes.
struct Slot {
    static constexpr int kEntries = 6;
    std::uint16_t check;
    std::uint8_t used;  // followers in use; 0 in a slot never written
    std::uint8_t counts[kEntries];
    Symbol symbols[kEntries];

    int find(Symbol symbol) const {
        for (int i = 0; i < used; ++i)
            if (symbols[i] == symbol) return i;
        return -1;
    }

    int total() const {
        int sum = 0;
        for (int i = 0; i < used; ++i) sum += counts[i];
        return sum;
    }

    void learn(Symbol symbol) {
        int at = find(symbol);
        int count = 0;
        if (at >= 0) {
            count = counts[at];
        } else {
            if (used < kEntries) ++used;
            at = used - 1;
        }
        for (int i = 0; i < kEntries; ++i)
            if (i != at && counts[i] > 3) counts[i] = static_cast<std::uint8_t>(counts[i] - (counts[i] >> 2));
        for (int i = at; i > 0; --i) {
            symbols[i] = symbols[i - 1];
            counts[i] = counts[i - 1];
        }
        symbols[0] = symbol;
        counts[0] = static_cast<std::uint8_t>(std::min(count + 1, 255));
    }
};

class NgramTables {
public:
    NgramTables(int orders, int table_bits)
        : orders_(orders), bits_(table_bits), slots_(static_cast<std::size_t>(orders) << table_bits) {}

    int orders() const { return orders_; }

    // Asks for the slots that will be looked up: they lie anywhere in 14 MB.
    void prefetch(const std::uint64_t* hashes, int known) const {
        for (int k = 0; k < known; ++k) {
            const auto* slot = reinterpret_cast<const unsigned char*>(&slots_[place(k, hashes[k])]);
            prefetch_for_write(slot);
            prefetch_for_write(slot + sizeof(Slot) - 1);
        }
    }

    // slots[k] = slot of the last k+1 symbols, or null where that context is unknown.
    void find(const std::uint64_t* hashes, int known, const Slot** slots) const {
        for (int k = 0; k < orders_; ++k) {
            slots[k] = nullptr;
            if (k >= known) continue;
            const Slot& slot = slots_[place(k, hashes[k])];
            if (slot.used && slot.check == check(hashes[k])) slots[k] = &slot;
        }
    }

    void learn(const std::uint64_t* hashes, int known, Symbol symbol) {
        for (int k = 0; k < known; ++k) {
            Slot& slot = slots_[place(k, hashes[k])];
            if (slot.check != check(hashes[k])) slot = Slot{check(hashes[k]), 0, {}, {}};
            slot.learn(symbol);
        }
    }

private:
    static std::uint16_t check(std::uint64_t hash) { return static_cast<std::uint16_t>(hash >> 16); }

    std::size_t place(int order, std::uint64_t hash) const {
        return (static_cast<std::size_t>(order) << bits_) + static_cast<std::size_t>(hash >> (64 - bits_));
    }

    int orders_;
    int bits_;
    // (order, slot). Zeroed by the system where it is touched: to fill these 12 MB took 9 ms of a text of 300 bytes, twice.
    mixing::Memory<Slot> slots_;
};

}  // namespace nacomp::predictors
