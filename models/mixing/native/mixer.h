// The mixer: a weighted sum of points in the logistic domain, with several sets of weights that different contexts choose, and
// a second layer over what the sets say. Every set learns from its own error.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "arithmetic.h"
#include "kernels.h"
#include "memory.h"

namespace nacomp::mixing {

struct MixerRates {
    int32_t final_rate;  // of the error, 2^-6: what is left after many bits
    int32_t extra;       // added at first, divided by 1 + (uses of this row of weights) / 32
};

// One layer: inputs x sets of rows of weights.
class Mixer {
   public:
    // sizes: how many rows each set has. initial: the weight of each input at the start, 2^-16, of which two bits are dropped.
    Mixer(const Kernel& kernel, const std::vector<int32_t>& initial, const std::vector<int>& sizes, MixerRates rates)
        : kernel_(kernel),
          width_((initial.size() + kLanes - 1) / kLanes * kLanes),
          inputs_(width_),
          weights_(rows_of(sizes) * width_),
          chosen_(sizes.size()),
          weights_of_(sizes.size()),
          errors_(sizes.size()),
          uses_(rows_of(sizes)) {
        size_t rows = 0;
        for (int size : sizes) {
            first_row_.push_back(rows);
            rows += static_cast<size_t>(size);
        }
        for (size_t row = 0; row < rows; row++)
            for (size_t i = 0; i < initial.size(); i++) weights_[row * width_ + i] = static_cast<int16_t>(initial[i] >> (16 - kWeightShift));
        for (int32_t k = 0; k <= rates.extra; k++) rates_.push_back(std::min(rates.final_rate + rates.extra / (1 + k), kMostRate));
        most_uses_ = static_cast<uint16_t>(std::min(rates.extra * 32, 65535));
    }
    int16_t* inputs() { return inputs_.data(); }  // (inputs): within +-kLimit, written before `mix`
    void choose(size_t set, size_t row) {
        chosen_[set] = first_row_[set] + row;
        weights_of_[set] = &weights_[chosen_[set] * width_];
    }
    size_t sets() const { return chosen_.size(); }

    // points: (sets in whole groups of 8), 0 behind the last: what each set says, points of the logistic domain; kept there
    // until `learn`.
    void mix(int16_t* points) {
        said_ = points;
        kernel_.mix(inputs_.data(), weights_of_.data(), static_cast<int>(sets()), static_cast<int>(width_), points);
    }
    void learn(int bit) {
        const int32_t target = bit ? static_cast<int32_t>(kOne) : 0;
        // What the loop reads is named before it, as whatever it writes could be one of these.
        const size_t count = sets(), *chosen = chosen_.data();
        const int32_t* rates = rates_.data();
        const int16_t* said = said_;
        int32_t* errors = errors_.data();
        uint16_t* all_uses = uses_.data();
        const uint32_t most_uses = most_uses_;
        for (size_t set = 0; set < count; set++) {
            uint16_t& uses = all_uses[chosen[set]];
            const uint32_t before = uses;
            uses = static_cast<uint16_t>(before + (before < most_uses));
            errors[set] = (((target - static_cast<int32_t>(squash_clamped(said[set]))) >> 6) * rates[before >> 5]) >> kErrorShift;
        }
        kernel_.train(inputs_.data(), weights_of_.data(), errors, static_cast<int>(count), static_cast<int>(width_));
    }

   private:
    static size_t rows_of(const std::vector<int>& sizes) {
        size_t rows = 0;
        for (int size : sizes) rows += static_cast<size_t>(size);
        return rows;
    }
    const Kernel& kernel_;
    size_t width_;
    static constexpr int kErrorShift = 9;
    static constexpr int32_t kMostRate = 255;  // so that errors have 16 bits
    Memory<int16_t> inputs_, weights_;  // (width), (row, width)
    std::vector<int32_t> rates_;        // by every 32 uses
    uint16_t most_uses_;                // the last of them from there on: more are not counted
    std::vector<size_t> first_row_, chosen_;
    std::vector<int16_t*> weights_of_;  // (sets): of the chosen rows
    const int16_t* said_ = nullptr;
    std::vector<int32_t> errors_;
    std::vector<uint16_t> uses_;
};

// Two layers: the sets of the first are the inputs of the second, whose rows are chosen too.
class TwoLayers {
   public:
    TwoLayers(const Kernel& kernel, const std::vector<int32_t>& initial, const std::vector<int>& sizes, MixerRates rates,
              const std::vector<int>& final_sizes, MixerRates final_rates)
        : first_(kernel, initial, sizes, rates),
          second_(kernel, std::vector<int32_t>(sizes.size(), (1 << 16) / static_cast<int32_t>(sizes.size())),
                  final_sizes, final_rates) {}
    Mixer& first() { return first_; }
    Mixer& second() { return second_; }
    // The mixed point: the mean of the second layer's sets, two or four, rounded down.
    int mix() {
        first_.mix(second_.inputs());
        second_.mix(said_);
        return second_.sets() == 4 ? (said_[0] + said_[1] + said_[2] + said_[3]) >> 2 : (said_[0] + said_[1]) >> 1;
    }
    void learn(int bit) {
        first_.learn(bit);
        second_.learn(bit);
    }

   private:
    Mixer first_, second_;
    alignas(64) int16_t said_[kLanes] = {};
};

}  // namespace nacomp::mixing
