// The match model: where the last bytes were seen before, in any stream, and what followed there.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "counters.h"
#include "memory.h"
#include "stream.h"

namespace nacomp::mixing {

class MatchModel {
   public:
    // minimum: how many bytes have to agree before there is a match; bits: log2 of the table's entries.
    MatchModel(uint32_t minimum, int bits) : minimum_(minimum), bits_(bits), places_(size_t{1} << bits), map_(16 * 16 * 2) {}

    // Seven bits of a stream's byte are known: asks for what `learn_byte` will look up, whichever the last one is.
    void look_ahead(const Stream& s) const;

    // After stream `number` took a byte. 0 is "no place"; places number the bytes of all streams, round by round.
    void learn_byte(std::vector<Stream>& streams, uint32_t number, int which);
    // Two inputs of the mixer for the coming bit, 0 where there is no guess.
    void predict(const Stream& s, Match& match, int32_t* inputs);
    void learn(const Match& match, int bit) {
        if (match.agrees) map_.learn(bit);
    }

   private:
    // One that was seen before: 1 + its place in the shared numbering, 0 for none, and the hash of the bytes before it. Where the
    // hash is another one the bytes are too, so that nothing far away has to be looked at.
    struct Place {
        uint32_t at, hash;
    };
    // Of the last `minimum` bytes: `newest`, and those before `end`.
    uint32_t hash_of(const uint8_t* end, uint32_t newest) const;
    size_t entry_of(uint32_t hash) const { return (hash * 0x9E3779B1u) >> (32 - bits_); }
    void look_up(std::vector<Stream>& streams, uint32_t number, Match& match);

    uint32_t minimum_;
    int bits_;
    Memory<Place> places_;
    StateMap map_;
};

// 0..15, for lengths of up to 65,535.
struct LengthClasses {
    static constexpr uint32_t kLongest = 400;
    uint8_t of[kLongest + 1];
    LengthClasses();
};
extern const LengthClasses length_classes;
inline uint32_t length_class(uint32_t length) { return length_classes.of[std::min(length, LengthClasses::kLongest)]; }

}  // namespace nacomp::mixing
