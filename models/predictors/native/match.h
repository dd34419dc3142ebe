// The match model: the longest verified repeat of a stream's ending. Mirrors match.py.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "history.h"

namespace nacomp::predictors {

constexpr int kMaxMinimum = 32;

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

}  // namespace nacomp::predictors
