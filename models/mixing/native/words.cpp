#include "words.h"

#include "arithmetic.h"
#include "contexts.h"
#include "match.h"

namespace nacomp::mixing {

namespace {

constexpr uint32_t kOpcode = 0xffe00000;  // what tells ARM64's operations apart, and most of SPARC's

uint32_t moved(uint32_t word, uint32_t number, bool forward) {
    if (word >> 26 == 0x25) {  // BL, by words
        const uint32_t by = forward ? number : 0 - number;
        return (word & 0xfc000000) | ((word + by) & 0x03ffffff);
    }
    if ((word & 0x9f000000) == 0x90000000) {  // ADRP, by pages; the lower two bits of its target stand apart
        const uint32_t page = number >> 10, from = (word >> 3 & 0x1ffffc) | (word >> 29 & 3);
        const uint32_t to = (forward ? from + page : from - page) & 0x1fffff;
        return (word & 0x9f00001f) | (to & 3) << 29 | (to >> 2) << 5;
    }
    return word;
}

// The word that ended so many words before the coming one.
uint32_t word_before(const Stream& s, uint32_t column, uint32_t number) {
    uint32_t word = 0;
    for (uint32_t i = 0; i < 4; i++) word = word << 8 | s.back(column + 4 * number - i);
    return word;
}

}  // namespace

void turn_words(uint8_t* bytes, size_t size, bool forward) {
    for (size_t i = 0; i + 4 <= size; i += 4) {
        uint32_t word = 0;
        for (size_t k = 0; k < 4; k++) word = word << 8 | bytes[i + (forward ? 3 - k : k)];
        word = moved(word, static_cast<uint32_t>(i / 4), forward);
        for (size_t k = 0; k < 4; k++) bytes[i + (forward ? k : 3 - k)] = static_cast<uint8_t>(word >> (8 * (3 - k)));
    }
}

void word_contexts(const Stream& s, ContextList list) {
    const uint32_t c4 = s.last4, column = s.column(4), so_far = c4 & ((1u << 8 * column) - 1), part = combine(so_far, column);
    uint32_t opcodes[5];
    for (uint32_t i = 1; i < 5; i++) opcodes[i] = word_before(s, column, i) & kOpcode;
    list.add(expected(s));
    list.add(c4 & 0xff);
    list.add(c4 & 0xffff);
    list.add(c4 & 0xffffff);
    list.add(combine(c4, s.last8 & 0xffff));
    list.add(combine(part, s.words.recent[upper_byte(s)]));
    list.add(c4 & 0xffff00);
    list.add(c4 & 0xf0f0f0f0);
    list.add(combine(s.back(4) << 8 | s.back(8), column));
    list.add(part);
    list.add(combine(part, opcodes[1]));
    list.add(combine(part, opcodes[2] | 1));
    list.add(combine(combine(part, combine(combine(opcodes[1], opcodes[2]), opcodes[3])), opcodes[4]));
    list.add(column);
}

}  // namespace nacomp::mixing
