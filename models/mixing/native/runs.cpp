#include "runs.h"

#include <algorithm>
#include <cstring>

#include "codec.h"
#include "native/dispatch.h"

namespace nacomp::mixing {

namespace {

constexpr int kTableBits = 16;
constexpr MixerRates kRunRates = {20, 200}, kRunFinalRates = {10, 60};
constexpr int32_t kRunWeight = 8000;
constexpr uint32_t kMostAhead = 7, kMostClass = 15;

std::vector<int32_t> initial_weights(int contexts) {
    return std::vector<int32_t>(static_cast<size_t>(1 + contexts * ContextSet::kInputs), kRunWeight);
}

// What a match expects against the pixel's first byte: 0 nothing, then by the class of its length the same or another.
uint32_t expectation(const Match& match, uint32_t byte) {
    if (match.guess < 0) return 0;
    return 1 + 2 * std::min(length_class(match.length), kMostClass) + (static_cast<uint32_t>(match.guess) != byte ? 1 : 0);
}

uint32_t bits_in(uint32_t number) {
    uint32_t bits = 0;
    for (; number; number >>= 1) bits++;
    return bits;
}

}  // namespace

Runs::Runs(uint32_t row, uint32_t pixel)
    : row_(row), pixel_(pixel), contexts_(kRunContexts, kTableBits),
      mixer_(*find_kernel(compiled_kernels(), ""), initial_weights(kRunContexts), {33, 32}, kRunRates, {33, 8}, kRunFinalRates) {}

// Whether the pixel that begins so many bytes back is that beside the coming one.
bool Runs::same(const Stream& s, uint32_t distance) const {
    if (distance < pixel_ || distance > s.history.size()) return false;
    const uint8_t* end = s.history.data() + s.history.size();
    return std::memcmp(end - distance, end - pixel_, pixel_) == 0;
}

bool Runs::is_flat(const Stream& s) const {
    return row_ > pixel_ && s.history.size() >= row_ + pixel_ && same(s, row_) && same(s, row_ + pixel_) && same(s, row_ - pixel_);
}

uint32_t Runs::predict(const Stream& s) {
    uint32_t ahead = 0;
    while (ahead < kMostAhead && (ahead + 2) * pixel_ < row_ && same(s, row_ - (ahead + 2) * pixel_)) ahead++;
    const uint32_t around = (same(s, 2 * row_) ? 1 : 0) + (same(s, 2 * pixel_) ? 2 : 0);
    uint32_t shade = 0;
    for (uint32_t i = pixel_; i > 0; i--) shade = combine(shade, s.back(i));
    const uint32_t first = s.back(pixel_), column = s.position() % row_;
    const uint32_t short_says = expectation(s.matches[0], first), long_says = expectation(s.matches[1], first);
    const uint32_t hashes[kRunContexts] = {
        4 * ahead + around,
        64 * short_says + long_says,
        combine(shade, ahead),
        combine(bits_in(length_), ahead),
        combine(shade, column),
        4 * flags_ + around,
        combine(short_says, ahead)};
    int16_t* inputs = mixer_.first().inputs();
    inputs[0] = 256;
    contexts_.predict(hashes, inputs + 1);
    mixer_.first().choose(0, short_says);
    mixer_.first().choose(1, 4 * ahead + around);
    mixer_.second().choose(0, short_says);
    mixer_.second().choose(1, ahead);
    return std::min(std::max(squash(mixer_.mix()), 1u), kOne - 1);
}

void Runs::learn(int bit) {
    mixer_.learn(bit);
    contexts_.learn(bit);
    flags_ = (2 * flags_ + static_cast<uint32_t>(bit)) & 255;
    length_ = bit ? length_ + 1 : 0;
}

void PictureEncoder::encode(const uint8_t* bytes, size_t count) {
    for (size_t at = 0; at < count; at += pixel_) {
        const Stream& s = mixing_.stream(0);
        if (runs_.is_flat(s)) {
            const int bit = std::memcmp(bytes + at, s.history.data() + s.history.size() - pixel_, pixel_) == 0;
            coder_.encode(bit, runs_.predict(s) << kToFrequency);
            runs_.learn(bit);
            if (bit) {
                mixing_.pass_bytes(bytes + at, pixel_);
                continue;
            }
        }
        for (size_t i = at; i < at + pixel_; i++) encode_byte(mixing_, coder_, bytes[i]);
    }
}

void PictureDecoder::decode(uint8_t* bytes, size_t count) {
    for (size_t at = 0; at < count; at += pixel_) {
        const Stream& s = mixing_.stream(0);
        if (runs_.is_flat(s)) {
            const int bit = coder_.decode(runs_.predict(s) << kToFrequency);
            runs_.learn(bit);
            if (bit) {
                std::memcpy(bytes + at, s.history.data() + s.history.size() - pixel_, pixel_);
                mixing_.pass_bytes(bytes + at, pixel_);
                continue;
            }
        }
        for (size_t i = at; i < at + pixel_; i++) bytes[i] = decode_byte(mixing_, coder_);
    }
}

}  // namespace nacomp::mixing
