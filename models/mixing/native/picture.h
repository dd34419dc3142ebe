// Linear prediction of a picture's components: filters that adapt to what is around them, and what each guess says of the coming bit,
// in integers.
#pragma once

#include <cstdint>
#include <vector>

namespace nacomp::mixing {

constexpr int kPictureFilters = 2, kPictureGuesses = 8, kMostTaps = 23;
constexpr uint32_t kActivities = 16;

struct PictureFilter {
    int32_t weights[kMostTaps] = {};  // 2^-20
};

// What the image profile keeps of a stream. Guesses are in sixteenths of a component's step.
struct Picture {
    static constexpr uint32_t kNoPlace = ~0u;
    uint32_t place = kNoPlace;           // of the component that was guessed last, until it is learnt
    uint32_t colour = 0, activity = 0;   // of that component
    int taps_count = 0;
    int32_t taps[kMostTaps] = {};        // what is around it, each less what is beside and above in its plane
    int32_t energy = 0;                  // sum of their squares
    int32_t guesses[kPictureGuesses] = {};
    std::vector<PictureFilter> filters;  // (colour * kPictureFilters + filter)
    std::vector<int32_t> errors;         // ((colour * kActivities + activity) * kPictureGuesses + guess): how far off lately, 2^-8
    std::vector<uint8_t> rough;          // (place): how far the first filter was off, in quarters; 0 where nothing was guessed
    // Of the components that the bits so far leave open, by guess: the shares below the least, the middle and the end of them.
    int32_t below[kPictureGuesses] = {}, middle[kPictureGuesses] = {}, above[kPictureGuesses] = {};
    uint32_t shared_bits = ~0u;          // how many bits were known when they were found
};

}  // namespace nacomp::mixing
