// Flat parts of a picture: one decision says that a pixel is like its neighbours, in place of all bits of its bytes.
#pragma once

#include <cstdint>
#include <vector>

#include "context_set.h"
#include "mixer.h"
#include "mixing.h"
#include "range_coder.h"

namespace nacomp::mixing {

class Runs {
   public:
    Runs(uint32_t row, uint32_t pixel);
    // Whether the pixels beside, above and on both sides of that are the same: only there it is asked.
    bool is_flat(const Stream& s) const;
    // The probability that the coming pixel is one more, 1 .. 2^22 - 1.
    uint32_t predict(const Stream& s);
    void learn(int bit);

   private:
    static constexpr int kRunContexts = 7;
    bool same(const Stream& s, uint32_t distance) const;
    uint32_t row_, pixel_;
    uint32_t flags_ = 0, length_ = 0;
    ContextSet contexts_;
    TwoLayers mixer_;
};

class PictureEncoder {
   public:
    explicit PictureEncoder(const Settings& settings)
        : pixel_(static_cast<size_t>(settings.pixel)), mixing_(settings, 1),
          runs_(static_cast<uint32_t>(settings.width), static_cast<uint32_t>(settings.pixel)) {}
    // Whole pixels.
    void encode(const uint8_t* bytes, size_t count);
    size_t words() const { return coder_.words(); }
    std::vector<uint32_t> finish() { return coder_.finish(); }

   private:
    size_t pixel_;
    Mixing mixing_;
    Runs runs_;
    BitEncoder coder_;
};

class PictureDecoder {
   public:
    PictureDecoder(const Settings& settings, std::vector<uint32_t> words)
        : pixel_(static_cast<size_t>(settings.pixel)), mixing_(settings, 1),
          runs_(static_cast<uint32_t>(settings.width), static_cast<uint32_t>(settings.pixel)), coder_(std::move(words)) {}
    // Whole pixels. Throws std::domain_error for words that no encoder writes.
    void decode(uint8_t* bytes, size_t count);

   private:
    size_t pixel_;
    Mixing mixing_;
    Runs runs_;
    BitDecoder coder_;
};

}  // namespace nacomp::mixing
