// Histories, token n-grams and the match model: everything that depends on coded symbols alone.
// Mirrors history.py, ngram.py and match.py, which say why.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

namespace nacomp {

using Symbol = std::int32_t;
using History = std::vector<Symbol>;

constexpr std::uint64_t kMultiplier = 0x9E3779B97F4A7C15u;
constexpr int kMaxOrders = 6;
constexpr int kMaxMinimum = 32;

// hashes[k-1] = hash of the last k symbols; returns how many there are (at most `orders`).
inline int context_hashes(const History& history, int orders, std::uint64_t* hashes) {
    const int n = static_cast<int>(std::min<std::size_t>(history.size(), static_cast<std::size_t>(orders)));
    std::uint64_t h = 0;
    for (int k = 0; k < n; ++k) {
        h = (h + static_cast<std::uint64_t>(history[history.size() - 1 - k]) + 1) * kMultiplier;
        h ^= h >> 29;
        hashes[k] = h;
    }
    return n;
}

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
        : orders_(orders), shift_(64 - table_bits), tables_(orders, std::vector<Slot>(std::size_t{1} << table_bits)) {}

    int orders() const { return orders_; }

    // slots[k] = slot of the last k+1 symbols, or null where that context is unknown.
    void find(const std::uint64_t* hashes, int known, const Slot** slots) const {
        for (int k = 0; k < orders_; ++k) {
            slots[k] = nullptr;
            if (k >= known) continue;
            const Slot& slot = tables_[k][hashes[k] >> shift_];
            if (slot.used && slot.check == check(hashes[k])) slots[k] = &slot;
        }
    }

    void learn(const std::uint64_t* hashes, int known, Symbol symbol) {
        for (int k = 0; k < known; ++k) {
            Slot& slot = tables_[k][hashes[k] >> shift_];
            if (slot.check != check(hashes[k])) slot = Slot{check(hashes[k]), 0, {}, {}};
            slot.learn(symbol);
        }
    }

private:
    static std::uint16_t check(std::uint64_t hash) { return static_cast<std::uint16_t>(hash >> 16); }

    int orders_;
    int shift_;
    std::vector<std::vector<Slot>> tables_;
};

class MatchModel {
public:
    MatchModel(const std::vector<History>& histories, int minimum, int table_bits)
        : histories_(histories),
          minimum_(minimum),
          shift_(64 - table_bits),
          seen_(minimum ? std::size_t{1} << table_bits : 0, Place{-1, 0}),
          pointer_(histories.size(), Place{-1, 0}),
          length_(histories.size(), 0) {}

    // The predicted symbol (-1: none) and the length of the repeat.
    std::pair<Symbol, int> predict(int stream) const {
        const Place place = pointer_[stream];
        if (place.stream < 0 || place.position >= histories_[place.stream].size()) return {-1, 0};
        return {histories_[place.stream][place.position], length_[stream]};
    }

    // Follow the newest symbol of a stream, which its history already holds.
    void learn(int stream) {
        if (!minimum_) return;
        const History& history = histories_[stream];
        follow(stream, history.back());
        if (history.size() < static_cast<std::size_t>(minimum_)) return;
        std::uint64_t hashes[kMaxMinimum];
        context_hashes(history, minimum_, hashes);
        Place& seen = seen_[hashes[minimum_ - 1] >> shift_];
        if (pointer_[stream].stream < 0) search(stream, seen);
        seen = Place{stream, static_cast<std::uint32_t>(history.size())};
    }

private:
    struct Place {
        std::int32_t stream;
        std::uint32_t position;
    };

    void follow(int stream, Symbol symbol) {
        const auto [predicted, length] = predict(stream);
        if (predicted == symbol) {
            pointer_[stream].position += 1;
            length_[stream] = std::min(length + 1, 65535);
        } else {
            pointer_[stream] = Place{-1, 0};
            length_[stream] = 0;
        }
    }

    void search(int stream, Place found) {
        if (found.stream < 0) return;
        const History& here = histories_[stream];
        const History& there = histories_[found.stream];
        const std::size_t most = std::min<std::size_t>({32, here.size(), found.position});
        std::size_t length = 0;
        while (length < most && here[here.size() - 1 - length] == there[found.position - 1 - length]) ++length;
        if (length < static_cast<std::size_t>(minimum_)) return;
        pointer_[stream] = found;
        length_[stream] = static_cast<int>(length);
    }

    const std::vector<History>& histories_;
    int minimum_;
    int shift_;
    std::vector<Place> seen_;
    std::vector<Place> pointer_;
    std::vector<int> length_;
};

}  // namespace nacomp
