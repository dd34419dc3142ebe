// What a line says of its own end (formats/MIXING.md, section 7): a hex dump shows the bytes that it has written in digits once
// more as text, numbers of a column often go on by the same step, and a name often has the letters of its code.
#pragma once

#include <cstdint>

namespace nacomp::mixing {

// The bytes that a line has spelt in pairs of hex digits, and which of them the text behind two spaces has come to; behind a bar
// where the line before had one, as `hexdump -C` writes them behind an offset and in two halves.
class SpeltBytes {
   public:
    void read(uint32_t byte, uint32_t before);
    // 0x10000 + the byte that the coming character stands for; 0 for none.
    uint32_t coming() const { return shown_ && at_ < count_ ? 0x10000u | bytes_[at_] : 0; }

   private:
    static constexpr uint32_t kMost = 64, kLeast = 4, kNoHalf = 16;
    void read_other(uint32_t byte, uint32_t before);
    uint8_t bytes_[kMost] = {};
    uint32_t count_ = 0, half_ = kNoHalf;  // half_: the first digit of a pair
    bool shown_ = false;                   // behind the two spaces or the bar
    bool has_bar_ = false, barred_ = false;  // this line; the one before
    bool has_gap_ = false;                 // two spaces in a row
    uint32_t at_ = 0;
};

// The number that a field begins with if it is as far from the one above as that is from the one above it.
class NextNumber {
   public:
    // At a field's start: where it starts in the line above and in the line before that, and where those lines end.
    void foresee(const uint8_t* history, uint32_t above, uint32_t above_end, uint32_t older, uint32_t older_end);
    void read(uint32_t byte);
    // 0x20000 + the coming digit, 0x30000 where the number ends; 0 for none, and once it went another way.
    uint32_t coming() const { return !agrees_ ? 0 : at_ < count_ ? 0x20000u | digits_[at_] : 0x30000u; }

   private:
    static constexpr uint32_t kMost = 16, kRoom = 24;
    uint8_t digits_[kRoom] = {};
    uint32_t count_ = 0, at_ = 0;
    bool agrees_ = false;
};

// The letters that a line begins with, where they are a short field: of a table of codes what comes next often has them too.
class ShortName {
   public:
    void read(uint32_t byte, uint32_t kind, uint32_t delimiter);
    // 0x40000 + the coming letter, a small one, 0x40000 behind the last; 0 without a short name.
    uint32_t coming() const { return !known_ ? 0 : at_ < count_ ? 0x40000u | letters_[at_] : 0x40000u; }

   private:
    static constexpr uint32_t kLeast = 2, kMost = 4;
    uint8_t letters_[kMost] = {};
    uint32_t count_ = 0, at_ = 0;  // count_: kMost + 1 for more
    bool open_ = true, known_ = false;
};

}  // namespace nacomp::mixing
