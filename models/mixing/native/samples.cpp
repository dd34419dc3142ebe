// The samples profile: samples of 16 to 32 bits whose upper byte comes first, predicted by filters and by short differences.
#include "samples.h"

#include <algorithm>
#include <cstdlib>

#include "contexts.h"

namespace nacomp::mixing {

namespace {

constexpr int64_t kFirstError = 256 << 8, kLeastError = 64;
constexpr int64_t kSteepness = 45440;  // 256 * 256 / 2 * 2 ln 2: from the mean error to the logistic distribution's scale

int64_t as_signed(uint64_t value, uint32_t bits) { return static_cast<int64_t>(value << (64 - bits)) >> (64 - bits); }

// A sample of a channel, so many frames back (0: of this frame, already coded); 0 before the start.
int32_t sample(const Stream& s, const Settings& settings, uint32_t frames, uint32_t channel) {
    const uint32_t width = static_cast<uint32_t>(settings.width), size = static_cast<uint32_t>(settings.pixel);
    const int64_t frame = static_cast<int64_t>(s.position() / width) - static_cast<int64_t>(frames);
    if (frame < 0) return 0;
    const uint8_t* at = &s.history[static_cast<size_t>(frame) * width + size * channel];
    uint32_t value = 0;
    for (uint32_t i = 0; i < size; i++) value = value << 8 | at[i];
    return static_cast<int32_t>(as_signed(value, 8 * size));
}

void learn_sample(Stream& s, uint32_t channel, uint32_t bits) {
    const int32_t value = static_cast<int32_t>(as_signed(s.last4, bits));
    for (int f = 0; f < kFilters; f++) s.samples.filters[channel * kFilters + static_cast<size_t>(f)].learn(s.samples.taps, value);
    for (size_t k = 0; k < kGuesses; k++) {
        int64_t& error = s.samples.errors[channel * kGuesses + k];
        error += (std::abs(int64_t{value} - s.samples.guesses[k]) * 256 - error) >> 4;
    }
}

void predict_sample(Stream& s, const Settings& settings, uint32_t channel) {
    Samples& samples = s.samples;
    Taps& taps = samples.taps;
    samples.channel = channel;
    samples.shared_bits = kNoBits;
    const uint32_t channels = static_cast<uint32_t>(settings.width / settings.pixel), bits = 8 * static_cast<uint32_t>(settings.pixel);
    const uint32_t other = channel == 0 ? channels - 1 : channel - 1, late = channel == 0 ? 1 : 0;
    for (uint32_t i = 0; i < kOwnTaps; i++) taps.own[i] = sample(s, settings, i + 1, channel);
    for (uint32_t i = 0; i < kOtherTaps; i++) taps.other[i] = channels > 1 ? sample(s, settings, i + late, other) : 0;
    int32_t* guesses = samples.guesses;
    for (int f = 0; f < kFilters; f++) guesses[f] = samples.filters[channel * kFilters + static_cast<size_t>(f)].predict(taps, bits);
    const int64_t a = taps.own[0], b = taps.own[1], c = taps.own[2];
    guesses[3] = taps.own[0];
    guesses[4] = clip_sample(2 * a - b, bits);
    guesses[5] = clip_sample(3 * a - 3 * b + c, bits);
    guesses[6] = clip_sample(a + taps.other[0] - taps.other[1], bits);
    guesses[7] = static_cast<int32_t>((int64_t{guesses[0]} + guesses[1]) >> 1);
}

// Where a guess lies, for the byte number `level` of a sample whose bytes so far are `known`: 12 bits of it for the uppermost; then how
// far it is from what those leave open, in sixteenths of the byte, and in whole ones for the lowest.
uint32_t mark_of(int64_t guess, uint32_t level, uint32_t bits, int64_t known) {
    const uint32_t below = bits - 8 * (level + 1);
    if (level == 0) return static_cast<uint32_t>((guess + (int64_t{1} << (bits - 1))) >> (bits - 12));
    const int64_t rest = guess - known * (int64_t{256} << below);
    if (below == 0) return static_cast<uint32_t>(std::min<int64_t>(std::max<int64_t>(rest, -256), 511) + 256);
    return static_cast<uint32_t>(std::min<int64_t>(std::max<int64_t>(rest >> (below - 4), -4096), 8191) + 4096);
}

// The share of samples below `edge` in units of 2^-22, taking them to lie about the guess in a logistic distribution.
int64_t share_below(int64_t edge, int64_t guess, int64_t error) {
    const int64_t distance = (2 * edge - 1 - 2 * guess) * kSteepness, x = distance / error;
    const int64_t down = x - (x * error > distance);
    return squash(static_cast<int>(std::min<int64_t>(std::max<int64_t>(down, -kLimit), kLimit)));
}

}  // namespace

void sample_inputs(Stream& s, const Settings& settings, int32_t* inputs) {
    const uint32_t size = static_cast<uint32_t>(settings.pixel), level = s.position() % size, known = 8 * level + s.bit_count;
    const uint64_t whole = s.last4 & ((uint64_t{1} << (8 * level)) - 1), prefix = whole << s.bit_count | (s.bits ^ 1u << s.bit_count);
    // The samples that begin with these bits: so many from `least` on. The first bit is the sign.
    const int64_t range = int64_t{1} << (8 * size - known);
    const int64_t least = known ? as_signed(prefix << (8 * size - known), 8 * size) : -(range >> 1);
    // The bit before was looked at too: this one's samples are a half of that one's. The first bit, the sign, is 1 for the lower half.
    const bool goes_on = known && known == s.samples.shared_bits + 1, upper = (prefix & 1) == (known > 1);
    for (size_t k = 0; k < kGuesses; k++) {
        const int64_t guess = s.samples.guesses[k], error = s.samples.errors[s.samples.channel * kGuesses + k] + kLeastError;
        Shares& found = s.samples.shares[k];
        if (goes_on) (upper ? found.below : found.above) = found.middle;
        else found.below = share_below(least, guess, error), found.above = share_below(least + range, guess, error);
        found.middle = share_below(least + range / 2, guess, error);
        const int64_t part = found.above - found.middle + 1, all = found.above - found.below + 2;
        const int x = stretch12(static_cast<uint32_t>((static_cast<uint64_t>(part) << kStretchBits) / static_cast<uint64_t>(all)));
        inputs[k] = known ? x : -x;
    }
    s.samples.shared_bits = known;
}

void samples_contexts(Stream& s, const Settings& settings, ContextList list) {
    const uint32_t n = s.position(), width = static_cast<uint32_t>(settings.width), size = static_cast<uint32_t>(settings.pixel);
    const uint32_t channels = width / size, channel = n % width / size, low = n % size, c4 = s.last4, c1 = c4 & 255;
    if (s.samples.filters.empty()) {
        s.samples.errors.assign(channels * kGuesses, kFirstError);
        for (uint32_t i = 0; i < channels * kFilters; i++) s.samples.filters.emplace_back(kFilterShapes[i % kFilters]);
    }
    if (!low) {
        if (n) learn_sample(s, (channel + channels - 1) % channels, 8 * size);
        predict_sample(s, settings, channel);
    }
    const int64_t known = low ? as_signed(c4, 8 * low) : 0;
    uint32_t marks[kGuesses];
    for (int k = 0; k < kGuesses; k++) marks[k] = mark_of(s.samples.guesses[k], low, 8 * size, known);
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
