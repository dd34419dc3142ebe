// What the image profile foresees of a component of 8 bits, by filters and by short differences.
#include "picture.h"

#include <algorithm>
#include <cstdlib>

#include "contexts.h"

namespace nacomp::mixing {

namespace {

constexpr int32_t kUnit = 16;                                 // of guesses
constexpr int32_t kMostWeight = 1 << 23;
// How quickly filters learn, as shares of a half; one sixteenth less or more of either, or a third filter of 2^-9: below 0.1%.
constexpr int kSlowness[kPictureFilters] = {5, 7};
constexpr int32_t kCalm = 64;                                 // added to the energy, so that in flat parts no weight jumps
constexpr int kErrorSlowness = 6;                             // 4: 0.1% larger
constexpr int32_t kLeastError = 64;
constexpr int32_t kSteepness = 2840;                          // as of samples, for sixteenths

int clip(int x) { return x > 255 ? 255 : x < 0 ? 0 : x; }

// Rounded down; the divisor is above 0.
int64_t divided(int64_t value, int64_t by) {
    const int64_t down = value / by;
    return down - (down * by > value);
}

// In classes of a half octave, from 16 on.
uint32_t activity_of(int32_t rough) {
    uint32_t level = 0;
    while (level + 1 < kActivities && rough > (level & 1 ? 24 : 16) << (level / 2)) level++;
    return level;
}

int32_t roughness(const Picture& p, uint32_t place, uint32_t row, uint32_t pixel) {
    const auto at = [&](uint32_t distance) { return distance > 0 && distance <= place ? static_cast<int32_t>(p.rough[place - distance]) : 0; };
    const int32_t around = 2 * at(pixel) + 2 * at(row) + at(row + pixel) + at(row - pixel) + at(2 * pixel) + at(2 * row);
    return p.colour ? around + 3 * at(1) : around;
}

void find_taps(const Stream& s, Picture& p, uint32_t row, uint32_t pixel, int32_t base) {
    const auto back = [&](uint32_t distance) { return static_cast<int32_t>(s.back(distance)); };
    int count = 0;
    for (uint32_t distance : {pixel, row + pixel, row - pixel, 2 * pixel, 2 * row, 2 * row - pixel, row + 2 * pixel, row - 2 * pixel,
                              2 * row + pixel, 3 * pixel, 3 * row})
        p.taps[count++] = back(distance) - base;
    for (uint32_t c = 1; c <= 2 && c <= p.colour; c++) {
        const int32_t other = (back(pixel + c) + back(row + c) + 1) >> 1;
        for (uint32_t distance : {0u, pixel, row + pixel, row - pixel, 2 * pixel, 2 * row}) p.taps[count++] = back(distance + c) - other;
    }
    p.taps_count = count;
    p.energy = 0;
    for (int i = 0; i < count; i++) p.energy += p.taps[i] * p.taps[i];
}

void guess(const Stream& s, Picture& p, uint32_t row, uint32_t pixel, int32_t base) {
    const auto back = [&](uint32_t distance) { return static_cast<int>(s.back(distance)); };
    for (int f = 0; f < kPictureFilters; f++) {
        const PictureFilter& filter = p.filters[p.colour * kPictureFilters + static_cast<uint32_t>(f)];
        int64_t sum = 0;
        for (int i = 0; i < p.taps_count; i++) sum += int64_t{filter.weights[i]} * p.taps[i];
        p.guesses[f] = static_cast<int32_t>(std::min<int64_t>(std::max<int64_t>(base * kUnit + (sum >> 16), 0), 255 * kUnit));
    }
    const uint32_t before = p.colour ? 1 : 0;
    const auto other = [&](uint32_t distance) { return before ? back(distance + before) : 0; };
    const int w = back(pixel), n = back(row), nw = back(row + pixel), ne = back(row - pixel), plane = w + n - nw;
    const int most = std::max(w, n), least = std::min(w, n);
    const int plain[] = {clip(plane),
                         clip(w + other(0) - other(pixel)),
                         clip(n + other(0) - other(row)),
                         clip(plane + other(0) - other(pixel) - other(row) + other(row + pixel)),
                         clip(n + ne - back(2 * row - pixel)),
                         nw >= most ? least : nw <= least ? most : plane};
    for (int k = kPictureFilters; k < kPictureGuesses; k++) p.guesses[k] = plain[k - kPictureFilters] * kUnit;
}

// The share of components below `edge` in units of 2^-22, taking them to lie about the guess in a logistic distribution.
int32_t share_below(int32_t edge, int32_t guess, int64_t error) {
    const int64_t x = divided(int64_t{2 * kUnit * edge - kUnit - 2 * guess} * kSteepness, error);
    return static_cast<int32_t>(squash(static_cast<int>(std::min<int64_t>(std::max<int64_t>(x, -kLimit), kLimit))));
}

}  // namespace

void learn_component(Stream& s) {
    Picture& p = s.picture;
    if (p.place == Picture::kNoPlace) return;
    const int32_t value = s.history[p.place] * kUnit;
    for (int f = 0; f < kPictureFilters; f++) {
        PictureFilter& filter = p.filters[p.colour * kPictureFilters + static_cast<uint32_t>(f)];
        const int64_t factor = divided(int64_t{value - p.guesses[f]} * (int64_t{1} << (22 - kSlowness[f])), p.energy + kCalm);
        for (int i = 0; i < p.taps_count; i++) {
            const int64_t moved = filter.weights[i] + ((factor * p.taps[i] + 32) >> 6);
            filter.weights[i] = static_cast<int32_t>(std::min<int64_t>(std::max<int64_t>(moved, -kMostWeight), kMostWeight));
        }
    }
    p.rough.resize(s.history.size());
    p.rough[p.place] = static_cast<uint8_t>(std::min(std::abs(value - p.guesses[0]) >> 2, 255));
    int32_t* errors = &p.errors[(p.colour * kActivities + p.activity) * kPictureGuesses];
    for (int k = 0; k < kPictureGuesses; k++) errors[k] += (std::abs(value - p.guesses[k]) * 16 - errors[k]) >> kErrorSlowness;
    p.place = Picture::kNoPlace;
}

void guess_component(Stream& s, uint32_t row, uint32_t pixel) {
    Picture& p = s.picture;
    if (p.filters.empty()) {
        p.filters.resize(pixel * kPictureFilters);
        for (uint32_t i = 0; i < pixel * kActivities * kPictureGuesses; i++)
            p.errors.push_back(64 << (i / kPictureGuesses % kActivities / 2));
    }
    p.rough.resize(s.history.size());
    p.place = s.position();
    p.colour = p.place % pixel;
    p.shared_bits = ~0u;
    const int32_t base = static_cast<int32_t>((s.back(pixel) + s.back(row) + 1) >> 1);
    find_taps(s, p, row, pixel, base);
    guess(s, p, row, pixel, base);
    p.activity = activity_of(roughness(p, p.place, row, pixel));
}

void picture_inputs(Stream& s, int32_t* inputs) {
    Picture& p = s.picture;
    const int32_t range = 256 >> s.bit_count, least = static_cast<int32_t>(s.bits << (8 - s.bit_count)) - 256;
    const int32_t* errors = &p.errors[(p.colour * kActivities + p.activity) * kPictureGuesses];
    const bool goes_on = s.bit_count && s.bit_count == p.shared_bits + 1;
    for (int k = 0; k < kPictureGuesses; k++) {
        const int32_t guess = p.guesses[k];
        const int64_t error = errors[k] + kLeastError;
        if (goes_on) {
            (s.bits & 1 ? p.below : p.above)[k] = p.middle[k];
        } else {
            p.below[k] = share_below(least, guess, error);
            p.above[k] = share_below(least + range, guess, error);
        }
        p.middle[k] = share_below(least + range / 2, guess, error);
        const uint32_t part = static_cast<uint32_t>(p.above[k] - p.middle[k] + 1), all = static_cast<uint32_t>(p.above[k] - p.below[k] + 2);
        inputs[k] = stretch12(static_cast<uint32_t>((uint64_t{part} << kStretchBits) / all));
    }
    p.shared_bits = s.bit_count;
}

}  // namespace nacomp::mixing
