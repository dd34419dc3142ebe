// Numbers that stand below one another in a field: where the coming digit lies if the next is near the last, goes on by the same step,
// or lies about their mean (formats/MIXING.md, section 7).
#pragma once

#include <cstdint>

namespace nacomp::mixing {

class Measures {
   public:
    // A byte of the field of this number; `ends`: it is the line feed or delimiter behind it.
    void read(uint32_t byte, uint32_t field, bool ends);
    // An input of the mixer for the coming bit of a byte of this field, 0 for none. bits: those of the byte so far behind a leading 1.
    int32_t predict(uint32_t field, uint32_t bits, uint32_t bit_count) const;

   private:
    static constexpr uint32_t kMostDigits = 12;  // so that no product is over 2^63
    static constexpr uint32_t kLeast = 3;        // numbers of a field before there is an input
    static constexpr int kGuesses = 3, kFields = 32;
    struct Field {
        int64_t last = 0, before = 0, mean = 0;           // without the point; the mean in 2^-4
        uint32_t count = 0, digits = 0, decimals = 0;     // numbers in a row with so many decimals; of the last one
        int64_t error[kGuesses] = {};                     // of each guess, 2^-8
        int64_t guess(int which) const { return which == 0 ? last : which == 1 ? 2 * last - before : mean >> 4; }
    };
    void learn(Field& field) const;
    bool is_like(const Field& field) const;

    Field fields_[kFields];
    int64_t value_ = 0;                                   // of the open number, as those below
    uint32_t digits_ = 0, decimals_ = 0;
    bool begun_ = false, negative_ = false, point_ = false, good_ = true;
};

}  // namespace nacomp::mixing
