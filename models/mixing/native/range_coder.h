// The range coder of formats/PREDICTORS.md, section 10: what constriction's range coder (32-bit words, 64-bit state) writes at
// 24 bits. Bits are symbols with frequencies 2^24 - f and f.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

namespace nacomp::mixing {

constexpr int kFrequencyBits = 24;
constexpr uint64_t kLowWord = uint64_t{1} << 32;

class RangeEncoder {
   public:
    // A symbol of this frequency, 1 .. 2^24, with `before` the sum of those before it.
    void encode(uint32_t before, uint32_t frequency) {
        const uint64_t scale = range_ >> kFrequencyBits, old = lower_;
        lower_ += scale * before;
        if (lower_ < old) carry();
        range_ = scale * frequency;
        while (range_ < kLowWord) {
            words_.push_back(static_cast<uint32_t>(lower_ >> 32));
            lower_ <<= 32;
            range_ <<= 32;
        }
    }
    size_t words() const { return words_.size(); }
    // All words; nothing can be coded behind them.
    std::vector<uint32_t> finish() {
        if (range_ == ~uint64_t{0}) return words_;
        const uint64_t point = lower_ + (kLowWord - 1);
        if (point < lower_) carry();
        words_.push_back(static_cast<uint32_t>(point >> 32));
        if (static_cast<uint32_t>((lower_ + range_) >> 32) == words_.back()) words_.push_back(0);
        return words_;
    }

   private:
    void carry() {
        for (size_t i = words_.size(); i-- > 0;)
            if (++words_[i] != 0) return;
    }
    std::vector<uint32_t> words_;
    uint64_t lower_ = 0, range_ = ~uint64_t{0};
};

class RangeDecoder {
   public:
    explicit RangeDecoder(std::vector<uint32_t> words) : words_(std::move(words)) {
        point_ = static_cast<uint64_t>(next()) << 32;
        point_ |= next();
    }
    // Where the next symbol lies among the frequencies, below 2^24. Throws std::domain_error for words that no encoder writes.
    uint32_t quantile() const {
        const uint64_t found = (point_ - lower_) / (range_ >> kFrequencyBits);
        if (found >> kFrequencyBits) throw std::domain_error("words that no encoder writes");
        return static_cast<uint32_t>(found);
    }
    // Passes the symbol that lies there.
    void take(uint32_t before, uint32_t frequency) {
        const uint64_t scale = range_ >> kFrequencyBits;
        lower_ += scale * before;
        range_ = scale * frequency;
        while (range_ < kLowWord) {
            lower_ <<= 32;
            range_ <<= 32;
            point_ = point_ << 32 | next();
        }
    }

   private:
    uint32_t next() { return at_ < words_.size() ? words_[at_++] : 0; }
    std::vector<uint32_t> words_;
    size_t at_ = 0;
    uint64_t lower_ = 0, range_ = ~uint64_t{0}, point_ = 0;
};

class BitEncoder : public RangeEncoder {
   public:
    // one: the frequency of a 1, 1 .. 2^24 - 1.
    void encode(int bit, uint32_t one) {
        const uint32_t zero = (uint32_t{1} << kFrequencyBits) - one;
        RangeEncoder::encode(bit ? zero : 0, bit ? one : zero);
    }
};

class BitDecoder : public RangeDecoder {
   public:
    using RangeDecoder::RangeDecoder;
    // Throws std::domain_error for words that no encoder writes.
    int decode(uint32_t one) {
        const uint32_t zero = (uint32_t{1} << kFrequencyBits) - one;
        const int bit = quantile() >= zero;
        take(bit ? zero : 0, bit ? one : zero);
        return bit;
    }
};

}  // namespace nacomp::mixing
