// An adaptive binary arithmetic coder in exact integers (TRANSFORMS.md, "Deflate: the coder of decisions").
//
// Encoder and decoder have the same verb, `code`, which gives back the bit: the encoder's is the one it was given, the
// decoder's the one it read. So there is one description of a stream for both directions (describe.h).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "bits.h"

namespace nacomp::transforms {

// How probable a 1 is: 22 bits of probability above 10 bits that count what was seen.
class Chance {
public:
    constexpr Chance() = default;
    constexpr Chance(std::uint32_t of_65536, std::uint32_t seen) : state_((of_65536 << 16) | seen) {}

    // P(1) as 1..65535 of 65536.
    std::uint32_t of_65536() const {
        const std::uint32_t p = state_ >> 16;
        return p == 0 ? 1 : p;
    }

    void learn(bool bit) {
        const std::uint32_t seen = state_ & 1023, p = state_ >> 10, rate = 131072 / (2 * seen + 3);
        const std::uint32_t error = bit ? kOne - p : p;
        const auto move = static_cast<std::uint32_t>((std::uint64_t{error} * rate) >> 16);
        state_ = ((bit ? p + move : p - move) << 10) | (seen < kSlowest ? seen + 1 : seen);
    }

private:
    static constexpr std::uint32_t kOne = (1u << 22) - 1;
    static constexpr std::uint32_t kSlowest = 255;
    std::uint32_t state_ = 0x80000000u;
};

class DecisionEncoder {
public:
    static constexpr bool kDecodes = false;

    bool code(Chance& chance, bool bit) {
        const std::uint32_t range = high_ - low_, p = chance.of_65536();
        const std::uint32_t middle = low_ + (range >> 16) * p + (((range & 0xffff) * p) >> 16);
        if (bit)
            high_ = middle;
        else
            low_ = middle + 1;
        chance.learn(bit);
        for (; ((low_ ^ high_) >> 24) == 0; low_ <<= 8, high_ = (high_ << 8) | 255)
            out_.push_back(static_cast<std::uint8_t>(high_ >> 24));
        return bit;
    }

    std::size_t size() const { return out_.size(); }

    // The fewest bytes that say it all: the decoder reads zeros behind them.
    std::vector<std::uint8_t> finish() {
        for (int zeros = 32; zeros >= 0; zeros -= 8) {
            const std::uint64_t unit = std::uint64_t{1} << zeros;
            const std::uint64_t value = (low_ + unit - 1) / unit * unit;
            if (value > high_) continue;
            for (int shift = 24; shift >= 0; shift -= 8) out_.push_back(static_cast<std::uint8_t>(value >> shift));
            break;
        }
        while (!out_.empty() && out_.back() == 0) out_.pop_back();
        return std::move(out_);
    }

private:
    std::uint32_t low_ = 0, high_ = 0xffffffffu;
    std::vector<std::uint8_t> out_;
};

class DecisionDecoder {
public:
    static constexpr bool kDecodes = true;

    DecisionDecoder(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {
        for (int i = 0; i < 4; ++i) code_ = (code_ << 8) | next();
    }

    bool code(Chance& chance, bool = false) {
        const std::uint32_t range = high_ - low_, p = chance.of_65536();
        const std::uint32_t middle = low_ + (range >> 16) * p + (((range & 0xffff) * p) >> 16);
        const bool bit = code_ <= middle;
        if (bit)
            high_ = middle;
        else
            low_ = middle + 1;
        chance.learn(bit);
        for (; ((low_ ^ high_) >> 24) == 0; low_ <<= 8, high_ = (high_ << 8) | 255) code_ = (code_ << 8) | next();
        return bit;
    }

private:
    std::uint32_t next() { return at_ < size_ ? data_[at_++] : 0; }

    const std::uint8_t* data_;
    std::size_t size_;
    std::size_t at_ = 0;
    std::uint32_t low_ = 0, high_ = 0xffffffffu, code_ = 0;
};

// A number of 0 to 2^31 - 2: how many bits n + 1 has, in unary, then these bits below the first, highest first.
class NumberModel {
public:
    template <class Coder>
    std::uint32_t code(Coder& coder, std::uint32_t number) {
        const std::uint32_t value = number + 1;
        int bits = 1;
        while (coder.code(longer_[bits], (value >> bits) != 0))
            if (++bits > 31) throw Corrupt("a number in the description of a deflate stream is too large");
        std::uint32_t found = 1;
        for (int bit = bits - 2; bit >= 0; --bit)
            found = 2 * found + coder.code(low_[bits][bit], (value >> bit) & 1);
        return found - 1;
    }

private:
    std::array<Chance, 32> longer_;
    std::array<std::array<Chance, 32>, 32> low_;
};

// A number of a fixed count of bits, every prefix with a chance of its own.
template <int kBits>
class TreeModel {
public:
    template <class Coder>
    std::uint32_t code(Coder& coder, std::uint32_t number) {
        std::uint32_t node = 1;
        for (int bit = kBits - 1; bit >= 0; --bit) node = 2 * node + coder.code(nodes_[node], (number >> bit) & 1);
        return node - (1u << kBits);
    }

private:
    std::array<Chance, 1u << kBits> nodes_;
};

}  // namespace nacomp::transforms
