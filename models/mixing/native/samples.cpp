// The samples profile: 16-bit samples whose upper byte comes first, predicted by filters and by short differences.
#include "samples.h"

#include <algorithm>
#include <cstdlib>

#include "contexts.h"

namespace nacomp::mixing {

namespace {

constexpr int32_t kFirstError = 256 << 8, kLeastError = 64;
constexpr int64_t kSteepness = 45440;  // 256 * 256 / 2 * 2 ln 2: from the mean error to the logistic distribution's scale

// A sample of a channel, so many frames back (0: of this frame, already coded); 0 before the start.
int sample(const Stream& s, uint32_t width, uint32_t frames, uint32_t channel) {
    const int64_t frame = static_cast<int64_t>(s.position() / width) - static_cast<int64_t>(frames);
    if (frame < 0) return 0;
    const size_t at = static_cast<size_t>(frame) * width + 2 * channel;
    return static_cast<int16_t>(s.history[at] << 8 | s.history[at + 1]);
}

void learn_sample(Stream& s, uint32_t channel) {
    const int value = static_cast<int16_t>(s.last4 & 0xffff);
    for (int f = 0; f < kFilters; f++) s.samples.filters[channel * kFilters + static_cast<size_t>(f)].learn(s.samples.taps, value);
    for (size_t k = 0; k < kGuesses; k++) {
        int32_t& error = s.samples.errors[channel * kGuesses + k];
        error += (std::abs(value - s.samples.guesses[k]) * 256 - error) >> 4;
    }
}

void predict_sample(Stream& s, uint32_t width, uint32_t channel) {
    Samples& samples = s.samples;
    Taps& taps = samples.taps;
    samples.channel = channel;
    const uint32_t channels = width / 2, other = channel == 0 ? channels - 1 : channel - 1, late = channel == 0 ? 1 : 0;
    for (uint32_t i = 0; i < kOwnTaps; i++) taps.own[i] = sample(s, width, i + 1, channel);
    for (uint32_t i = 0; i < kOtherTaps; i++) taps.other[i] = channels > 1 ? sample(s, width, i + late, other) : 0;
    int* guesses = samples.guesses;
    for (int f = 0; f < kFilters; f++) guesses[f] = samples.filters[channel * kFilters + static_cast<size_t>(f)].predict(taps);
    const int a = taps.own[0], b = taps.own[1], c = taps.own[2];
    guesses[3] = a;
    guesses[4] = clip_sample(2 * a - b);
    guesses[5] = clip_sample(3 * a - 3 * b + c);
    guesses[6] = clip_sample(a + taps.other[0] - taps.other[1]);
    guesses[7] = (guesses[0] + guesses[1]) >> 1;
}

// The share of samples below `edge` in units of 2^-22, taking them to lie about the guess in a logistic distribution.
int64_t share_below(int64_t edge, int64_t guess, int64_t error) {
    const int64_t distance = (2 * edge - 1 - 2 * guess) * kSteepness, x = distance / error;
    const int64_t down = x - (x * error > distance);
    return squash(static_cast<int>(std::min<int64_t>(std::max<int64_t>(down, -kLimit), kLimit)));
}

}  // namespace

void sample_inputs(const Stream& s, int32_t* inputs) {
    const uint32_t low = s.position() & 1, known = 8 * low + s.bit_count, so_far = s.bits ^ 1u << s.bit_count;
    const uint32_t prefix = low ? (s.last4 & 255) << s.bit_count | so_far : so_far;
    // The samples that begin with these bits: so many from `least` on. The first bit is the sign.
    const int range = 1 << (16 - known), least = known ? static_cast<int16_t>(prefix << (16 - known)) : -32768;
    for (size_t k = 0; k < kGuesses; k++) {
        const int guess = s.samples.guesses[k], error = s.samples.errors[s.samples.channel * kGuesses + k] + kLeastError;
        const int64_t below = share_below(least, guess, error), middle = share_below(least + range / 2, guess, error);
        const int64_t above = share_below(least + range, guess, error);
        const int x = stretch12(static_cast<uint32_t>(((above - middle + 1) << kStretchBits) / (above - below + 2)));
        inputs[k] = known ? x : -x;
    }
}

void samples_contexts(Stream& s, const Settings& settings, ContextList list) {
    const uint32_t n = s.position(), width = static_cast<uint32_t>(settings.width), channels = width / 2;
    const uint32_t channel = n % width / 2, low = n & 1, c4 = s.last4, c1 = c4 & 255;
    if (s.samples.filters.empty()) {
        s.samples.errors.assign(channels * kGuesses, kFirstError);
        for (uint32_t i = 0; i < channels * kFilters; i++) s.samples.filters.emplace_back(kFilterShapes[i % kFilters]);
    }
    if (!low) {
        if (n) learn_sample(s, (channel + channels - 1) % channels);
        predict_sample(s, width, channel);
    }
    // The upper byte: where the guess lies. The lower: how far the guess is from what the upper byte leaves open.
    const int upper = static_cast<int8_t>(c1) * 256;
    uint32_t marks[kGuesses];
    for (int k = 0; k < kGuesses; k++) {
        const int guess = s.samples.guesses[k];
        marks[k] = static_cast<uint32_t>(low ? std::min(std::max(guess - upper, -256), 511) + 256 : (guess + 32768) >> 4);
    }
    for (uint32_t mark : marks) list.add(combine(mark, low));
    list.add(combine(marks[0] >> 3 << 16 | marks[1] >> 3, low));
    list.add(combine(marks[0] >> 2, low));
    list.add(combine(marks[1] >> 2, low));
    list.add(combine(marks[1] >> 3 << 16 | marks[5] >> 4, low));
    list.add(combine(marks[0] >> 4, combine(low, channel)));
    list.add(2 + low);
    list.add(combine(c1, low + 4));
    list.add(combine(c4 & 0xffff, low));
    list.add(combine(c4 & 0xffffff, low));
    list.add(combine(c4, low));
}

}  // namespace nacomp::mixing
