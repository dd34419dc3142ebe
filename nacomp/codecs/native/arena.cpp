#include "arena.h"

namespace nacomp::codecs {
namespace {

constexpr Ref kTextStart = 4;  // not 0, which is nowhere
constexpr std::uint32_t kMostGlued = 0xffff;
constexpr std::uint16_t kFree = 0, kNotFree = 1;

// Of a free block while all are in one list. What is in use begins with another number than kFree: a context with how many
// symbols it has, a state with a symbol and a frequency above 0.
constexpr Ref kUnits = 2, kNext = 4;

}  // namespace

Arena::Arena(std::uint32_t size) : size_(size), bytes_(new std::uint8_t[std::size_t{kTextStart} + size]) { clear(); }

void Arena::clear() {
    free_.fill(0);
    text_ = kTextStart;
    high_ = kTextStart + size_;
    low_ = units_start_ = high_ - size_ / 8 / kUnit * 7 * kUnit;
    until_glued_ = 0;
}

Ref Arena::grow(Ref block, int count) {
    if (kBlocks.of[count] == kBlocks.of[count + 1]) return block;
    const Ref larger = units(count + 1);
    if (larger == 0) return 0;
    std::memcpy(at(larger), at(block), std::size_t{kUnit} * static_cast<unsigned>(count));
    give_back(block, count);
    return larger;
}

Ref Arena::shrink(Ref block, int from, int to) {
    const int old_index = kBlocks.of[from], index = kBlocks.of[to];
    if (old_index == index) return block;
    if (free_[index] == 0) {
        give_any(block + kUnit * kBlocks.units[index], kBlocks.units[old_index] - kBlocks.units[index]);
        return block;
    }
    const Ref smaller = take(index);
    std::memcpy(at(smaller), at(block), std::size_t{kUnit} * static_cast<unsigned>(to));
    give(block, old_index);
    return smaller;
}

// A block where neither its list nor the gap in the middle has one: from a list of larger ones, else from what is kept for text.
Ref Arena::rare(int index) {
    if (until_glued_ == 0) {
        glue();
        if (free_[index] != 0) return take(index);
    }
    for (int larger = index + 1; larger < kSizes; ++larger) {
        if (free_[larger] == 0) continue;
        const Ref block = take(larger);
        give_any(block + kUnit * kBlocks.units[index], kBlocks.units[larger] - kBlocks.units[index]);
        return block;
    }
    --until_glued_;
    const std::uint32_t bytes = kUnit * kBlocks.units[index];
    return units_start_ - text_ > bytes ? units_start_ -= bytes : 0;
}

// At most 128 units, as one free block or two: there is not a list for every size, but one for each of 1 to 4.
void Arena::give_any(Ref block, int units) {
    int index = kBlocks.of[units];
    if (kBlocks.units[index] != units) {
        const int first = kBlocks.units[--index];
        give(block + kUnit * static_cast<unsigned>(first), units - first - 1);
    }
    give(block, index);
}

// Blocks without units are those that were taken in after the list's walk had passed them: so this one comes to them before
// it cuts the block up that they are part of.
void Arena::glue() {
    until_glued_ = 255;
    if (low_ != high_) write<std::uint16_t>(low_, kNotFree);
    Ref next = list_all();
    join_neighbours(next);
    while (next != 0) {
        Ref block = next;
        int units = read<std::uint16_t>(block + kUnits);
        next = read<Ref>(block + kNext);
        for (; units > kMostUnits; units -= kMostUnits, block += kUnit * kMostUnits) give(block, kSizes - 1);
        if (units != 0) give_any(block, units);
    }
}

// All free blocks in one list, from the last of the largest sizes on; gives the first.
Ref Arena::list_all() {
    Ref first = 0;
    for (int index = 0; index < kSizes; ++index) {
        for (Ref block = free_[index]; block != 0;) {
            const Ref next = read<Ref>(block);
            write<std::uint16_t>(block, kFree);
            write<std::uint16_t>(block + kUnits, kBlocks.units[index]);
            write<Ref>(block + kNext, first);
            first = block;
            block = next;
        }
        free_[index] = 0;
    }
    return first;
}

// Each block takes in the free ones behind it, which have no units then and leave the list when the walk comes to them. Behind a
// free block there is always another unit: the last one is the first context, which is never given back.
void Arena::join_neighbours(Ref& first) {
    Ref before = 0;
    for (Ref block = first; block != 0;) {
        std::uint32_t units = read<std::uint16_t>(block + kUnits);
        const Ref next = read<Ref>(block + kNext);
        if (units == 0) {
            if (before != 0)
                write<Ref>(before + kNext, next);
            else
                first = next;
            block = next;
            continue;
        }
        for (;;) {
            const Ref neighbour = block + kUnit * units;
            if (read<std::uint16_t>(neighbour) != kFree) break;
            units += read<std::uint16_t>(neighbour + kUnits);
            if (units > kMostGlued) break;
            write<std::uint16_t>(block + kUnits, static_cast<std::uint16_t>(units));
            write<std::uint16_t>(neighbour + kUnits, 0);
        }
        before = block;
        block = next;
    }
}

}  // namespace nacomp::codecs
