// Biases looked up by a context.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels.h"
#include "mixing/native/memory.h"
#include "native/prefetch.h"

namespace nacomp::predictors {

// One step on a bias with its sum of squared gradients.
inline void step(float& value, float& squares, double rate, double gradient) {
    const double e = static_cast<double>(squares) + gradient * gradient;
    value = static_cast<float>(static_cast<double>(value) - (rate * gradient) / std::sqrt(e));
    squares = static_cast<float>(e);
}

// A rate of 0 keeps all values as they are.
class BiasTable {
public:
    BiasTable(std::size_t entries, float squares, int rate) : entries_(entries), rate_(rate / 65536.0) {
        for (std::size_t i = 0; i < entries; ++i) entries_[i].squares = squares;
    }

    void set(const std::vector<double>& values) {
        for (std::size_t i = 0; i < values.size(); ++i) entries_[i].value = static_cast<float>(values[i]);
    }
    const Bias* entries() const { return &entries_[0]; }
    void prefetch(std::uint32_t index) const { prefetch_for_write(&entries_[index]); }

    // One step after the other on the entries listed. As vectors, where the kernel has them: for tables of so many entries
    // that a few listed together are seldom the same.
    void learn(const Kernel& kernel, const std::uint32_t* listed, const double* gradients, std::size_t count) {
        if (rate_ != 0.0) kernel.move_biases(entries_.data(), listed, gradients, count, rate_);
    }
    void learn(const std::uint32_t* listed, const double* gradients, std::size_t count) {
        if (rate_ == 0.0) return;
        for (std::size_t i = 0; i < count; ++i) step(entries_[listed[i]].value, entries_[listed[i]].squares, rate_, gradients[i]);
    }

private:
    mixing::Memory<Bias> entries_;  // in huge pages: entries lie anywhere in 2 MB
    double rate_;
};

}  // namespace nacomp::predictors
