// What is kept of one stream: its bytes, and what the profiles have made of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "arithmetic.h"
#include "bitmap.h"
#include "code.h"
#include "foreseen.h"
#include "kernels.h"
#include "measured.h"
#include "path.h"
#include "picture.h"
#include "samples.h"
#include "settings.h"
#include "words.h"

namespace nacomp::mixing {

constexpr int kMatches = 3;  // the most that a profile has

// What one match model knows of one stream.
struct Match {
    uint32_t at = 0;      // 1 + the expected byte's place in the shared numbering; 0 for none
    uint32_t length = 0;  // bytes that agreed, up to 65,535
    uint32_t missed = 0;  // the last 8 guesses, a bit each, 1 for wrong, the newest lowest
    int guess = -1;       // the byte expected, -1 for none
    bool agrees = false;  // there is a guess, and the bits of the current byte so far are its bits
    uint32_t length_class = 0, row = 0;  // of this byte: 1 + that of its length; its counters, but for the bit
};

// Where the fields of a line begin.
struct Line {
    uint32_t start = 0;
    uint32_t fields[32] = {};
};

// The shapes of the last eight runs, of letters or digits of one kind or of any other byte, a byte each, the newest lowest.
struct Outline {
    uint32_t newest = 0, older = 0;
    uint32_t length = 0;  // of the newest run
    void read(uint32_t shape, bool may_run) {
        if (may_run && (newest & 255) == shape) {
            length++;
            return;
        }
        older = older << 8 | newest >> 24;
        newest = newest << 8 | shape;
        length = 1;
    }
    // For sets of 1,024 rows.
    uint32_t row() const { return combine(newest, length < 15 ? length : 15) >> 22; }
};

// Numbers of digits and points, as they follow a letter: the command of a path in a drawing, with its coordinates.
struct Numbers {
    uint32_t hash = 0, size = 0, beginning = 0;  // of this number; its first two bytes
    uint32_t last = 0, before = 0;               // the first two bytes of the last number and of the one before it
    uint32_t letter = 0, count = 0;              // the last ASCII letter, and the numbers that ended behind it
    void read(uint32_t byte, uint32_t kind) {
        if (kind == 1 || byte == '.') {
            hash = combine(hash + 1, byte);
            if (size < 2) beginning = beginning << 8 | byte;
            size++;
            return;
        }
        if (size) {
            before = last;
            last = beginning;
            hash = size = beginning = 0;
            count++;
        }
        if (kind == 2 || kind == 3) {
            letter = byte;
            count = 0;
        }
    }
    // For sets of 1,024 rows.
    uint32_t row() const { return combine(combine(letter, count < 7 ? count : 7), size) >> 22; }
};

// What the text profile has read (text.cpp).
struct Text {
    uint32_t word = 0, last_word = 0;                  // hashes: this word, the last one; 0 for none
    uint32_t shapes = 0, older_shapes = 0;             // the kinds of the last eight bytes, a byte each
    Line line, above, older;                           // this line, the one before, the one before that
    uint32_t field = 0, field_start = 0, field_hash = 0;
    std::vector<uint32_t> tags;                        // hashes of what encloses this place, outermost first
    uint32_t tag = 0;                                  // of the name that is being read
    enum { outside, opened, named } state = outside;   // nothing; behind <; in an element's name
    uint32_t key = 0;                                  // the word before the last : or =
    uint32_t field_up = 0;                             // the byte above in the field
    int lead = 0;                                      // of the field's number so far over the one above, -2 to 2; kUnlike
    static constexpr int kUnlike = 3;                  // the field is no longer like the one above but for digits
    SpeltBytes spelt;
    NextNumber next;
    ShortName short_name;
    Measures measures;
    Outline outline;
    Numbers numbers;
    Path path;
};

struct Stream {
    std::vector<uint8_t> history;
    uint32_t bits = 1;       // the bits of the current byte so far, behind a leading 1
    uint32_t bit_count = 0;  // 0..7
    uint32_t column_row = 0;  // of this byte: the place in the record, of the set of weights that it chooses
    bool byte_due = true, nibble_due = true;  // what the next `predict` has to look up first
    uint32_t last4 = 0, last8 = 0;  // the last four bytes, the newest lowest; the four before them
    uint32_t hashes[kMaxContexts] = {};  // of this byte's contexts
    alignas(64) uint32_t slots[kMaxContexts] = {};  // of this nibble: where they begin in the table, in words
    bool shares_slots = false;           // perhaps two of these are the same
    Match matches[kMatches];
    Text text;
    Samples samples;
    Picture picture;
    Code code;
    Pixels pixels;
    Words words;

    uint32_t position() const { return static_cast<uint32_t>(history.size()); }
    // The place in a record or row, or in a word where there is neither.
    uint32_t column(uint32_t width) const { return width ? position() % width : position() & 3; }
    // The byte so far back; 0 for none.
    uint32_t back(uint32_t distance) const {
        return distance && distance <= history.size() ? history[history.size() - distance] : 0;
    }
};

}  // namespace nacomp::mixing
