// The paths of drawings: where the pen is, and what the coming number is near (formats/MIXING.md, section 7).
#pragma once

#include <cstdint>

#include "arithmetic.h"

namespace nacomp::mixing {

// A number that the coming one is near, as it would be written, and how far the coming one is like it.
class NearNumber {
   public:
    // value: 10^-4, |value| < 2^43.
    void foresee(int64_t value);
    void forget() { length_ = 0; }
    void read(uint32_t byte);
    bool is_there() const { return length_ != 0; }
    // Its coming byte, 1 behind its last, and how much the number so far is like it; 14 bits.
    uint32_t coming() const;

   private:
    static constexpr int kUnlike = 3;
    static constexpr int kMost = 16;  // 13 digits, a point and a sign
    uint8_t text_[kMost] = {};
    int length_ = 0, place_ = 0;
    int lead_ = 0;                    // of the number so far over this one, -2 to 2; kUnlike
    uint32_t agreed_ = 0;             // bytes in a row, up to 3
};

class Path {
   public:
    // After a byte: the last four, the newest lowest.
    void read(uint32_t last4);
    // Behind a command of curves or arcs.
    bool is_curved() const { return arity() > 2; }
    // What the coming byte is near; 0 for nothing.
    uint32_t coming() const;
    // Contexts: the number so far, c1 where there is none, and which of its command's it is.
    uint32_t so_far(uint32_t c1) const { return combine(combine(command_ << 8 | index(), hash_), minus() | (hash_ ? 0 : c1)); }
    // That behind the last number of this axis and the one before.
    uint32_t same_axis(uint32_t c1) const { return combine(so_far(c1), rough(last_[1]) << 12 | rough(last_[3])); }
    // How large the command's other numbers are, and how far this one is written.
    uint32_t sizes(uint32_t c1) const { return combine(combine(sizes_, size_), minus() | c1); }

   private:
    enum Near : uint32_t { here, closing, twice, half_more, onward, round };
    static constexpr uint32_t kMostDigits = 8;
    static constexpr int64_t kFarthest = int64_t{1} << 40;  // of the pen: no sum is over 2^43
    static uint32_t rough(int64_t value);
    uint32_t minus() const { return minus_ ? 256 : 0; }
    uint32_t arity() const;  // numbers of the command, 0 for none
    uint32_t index() const { return arity() ? count_ % arity() : 0; }
    void read_number(uint32_t byte);
    void end_number();
    void move(int64_t value);
    void foresee();
    void foresee_relative(uint32_t index);
    void take_command(uint32_t letter);

    uint32_t quote_ = 0, command_ = 0;  // what ends the path, 0 outside; its last letter
    uint32_t count_ = 0;                // numbers behind the letter
    int64_t at_[2] = {}, start_[2] = {};  // the pen, where it was set down: 10^-4
    int64_t last_[4] = {};              // numbers, the newest first
    uint32_t sizes_ = 0;                // hash of the sizes of the command's numbers
    int64_t value_ = 0;                 // of the open number, as those below
    uint32_t hash_ = 0, size_ = 0, digits_ = 0;
    int decimals_ = 0;
    bool minus_ = false, point_ = false;
    NearNumber near_;
    Near kind_ = here;
};

}  // namespace nacomp::mixing
