// One block of bytes, one stream, to words and back, a piece at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "mixing.h"
#include "range_coder.h"

namespace nacomp::mixing {

// The frequency of a 1 out of 2^24 for a probability of 22 bits.
constexpr int kToFrequency = kFrequencyBits - kBits;

inline void encode_byte(Mixing& mixing, BitEncoder& coder, uint8_t byte) {
    for (int shift = 7; shift >= 0; shift--) {
        const int bit = byte >> shift & 1;
        coder.encode(bit, mixing.predict(0) << kToFrequency);
        mixing.learn(bit);
    }
}

inline uint8_t decode_byte(Mixing& mixing, BitDecoder& coder) {
    int byte = 0;
    for (int b = 0; b < 8; b++) {
        const int bit = coder.decode(mixing.predict(0) << kToFrequency);
        mixing.learn(bit);
        byte = byte << 1 | bit;
    }
    return static_cast<uint8_t>(byte);
}

class BlockEncoder {
   public:
    explicit BlockEncoder(const Settings& settings) : mixing_(settings, 1) {}
    void encode(const uint8_t* bytes, size_t count) {
        for (size_t i = 0; i < count; i++) encode_byte(mixing_, coder_, bytes[i]);
    }
    size_t words() const { return coder_.words(); }
    std::vector<uint32_t> finish() { return coder_.finish(); }

   private:
    Mixing mixing_;
    BitEncoder coder_;
};

class BlockDecoder {
   public:
    BlockDecoder(const Settings& settings, std::vector<uint32_t> words) : mixing_(settings, 1), coder_(std::move(words)) {}
    // Throws std::domain_error for words that no encoder writes.
    void decode(uint8_t* bytes, size_t count) {
        for (size_t i = 0; i < count; i++) bytes[i] = decode_byte(mixing_, coder_);
    }

   private:
    Mixing mixing_;
    BitDecoder coder_;
};

}  // namespace nacomp::mixing
