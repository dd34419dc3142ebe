// The profile of records: numbers of two, four or eight bytes, the upper one first, guessed from those of the same column.
#include <algorithm>

#include "contexts.h"

namespace nacomp::mixing {

namespace {

// The number so many bytes before the coming one.
uint64_t number(const Stream& s, uint32_t size, uint32_t level, uint32_t distance) {
    uint64_t value = 0;
    for (uint32_t i = 0; i < size; i++) value = value << 8 | s.back(level + distance - i);
    return value;
}

// Where a guess lies for the coming byte: whether it begins with the bytes so far, or how far below or above them; then twelve bits.
uint32_t mark_of(uint64_t guess, uint64_t known, uint32_t size, uint32_t level) {
    const uint32_t below = 8 * (size - level);
    const uint64_t begin = level ? guess >> below : 0;
    const uint32_t place = begin == known ? 2 : begin + 1 == known ? 3 : known + 1 == begin ? 1 : known > begin ? 4 : 0;
    const uint32_t bits = below > 8 ? static_cast<uint32_t>(guess >> (below - 12)) & 4095 : static_cast<uint32_t>(guess & 255) << 4;
    return place << 12 | bits;
}

uint32_t folded(uint64_t value) { return combine(static_cast<uint32_t>(value >> 32), static_cast<uint32_t>(value)); }

// Bits of a difference, taken as a signed one, with its sign.
uint32_t size_of(uint64_t difference, uint32_t bits) {
    const bool negative = difference >> (bits - 1) & 1;
    if (negative) difference = (0 - difference) & (~uint64_t{0} >> (64 - bits));
    uint32_t size = 0;
    for (; difference; difference >>= 1) size++;
    return 2 * size + negative;
}

}  // namespace

void record_contexts(const Stream& s, const Settings& settings, ContextList list) {
    const uint32_t width = static_cast<uint32_t>(settings.width), size = static_cast<uint32_t>(settings.pixel), c4 = s.last4;
    const uint32_t column = s.column(width), level = column % size, c1 = c4 & 255, bits = 8 * size;
    const uint64_t all = ~uint64_t{0} >> (64 - bits), eight = uint64_t{s.last8} << 32 | c4;
    const uint64_t known = level ? eight & (~uint64_t{0} >> (64 - 8 * level)) : 0;
    const uint64_t a = number(s, size, level, width), b = number(s, size, level, 2 * width), c = number(s, size, level, 3 * width);
    const uint64_t before = number(s, size, level, size), above = number(s, size, level, size + width);
    const uint32_t same = mark_of(a, known, size, level), onward = mark_of((2 * a - b) & all, known, size, level);
    const uint32_t beside = mark_of((a + before - above) & all, known, size, level);
    const uint32_t curved = mark_of((3 * a - 3 * b + c) & all, known, size, level);
    const uint64_t rise = (a - b) & all;
    const uint32_t part = combine(folded(known), column), step = size_of(rise, bits);
    list.add(expected(s));
    list.add(combine(c1, column));
    list.add(combine(c4 & 0xffff, column));
    list.add(c4 & 0xffffff);
    list.add(c4);
    list.add(combine(c4, s.last8 & 0xffff));
    list.add(combine(s.back(width) << 8 | s.back(2 * width), column));
    list.add(combine(s.back(width) << 8 | s.back(width + 1), c1));
    list.add(combine(same, column));
    list.add(combine(onward, column));
    list.add(combine(beside, column));
    list.add(combine(curved, column));
    list.add(combine(same >> 4, combine(c1, column)));
    list.add(combine(same >> 4 << 16 | onward >> 4, column));
    list.add(combine(same >> 4 << 16 | step, column));
    list.add(combine(onward >> 8 << 16 | beside >> 4, column));
    list.add(part);
    list.add(combine(part, folded(a)));
    list.add(combine(part, folded(before)));
    list.add(combine(part, folded(rise)));
    list.add(combine(part, combine(folded(a), folded(b))));
    list.add(column);
}

}  // namespace nacomp::mixing
