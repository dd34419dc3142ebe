// The memory of a PPMd model, in units of 12 bytes: text from below, contexts from above, states of symbols between them.
//
// Where memory ends is part of the format, as the model is begun anew there. So what is asked for and given back is laid out
// exactly as PPMd var. H (D. Shkarin, 2001) does: lists of free blocks by size, the last freed first, and neighbours glued
// together once in 256 times that no list had a block.
//
// What is read and written: a place (`Ref`) comes from the functions below alone, each of which gives a whole block inside the
// arena, or from a context or state that was written there.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>

namespace nacomp::codecs {

// A place in the arena, in bytes; 0 is nowhere.
using Ref = std::uint32_t;

constexpr std::uint32_t kUnit = 12;
constexpr int kSizes = 38;
constexpr int kMostUnits = 128;  // the states of 256 symbols

// Sizes of blocks in units: 1 to 4, then by twos, threes and fours up to 128. `of` rounds up.
struct BlockSizes {
    std::array<std::uint8_t, kSizes> units{};
    std::array<std::uint8_t, kMostUnits + 1> of{};

    constexpr BlockSizes() {
        int size = 0;
        for (int index = 0; index < kSizes; ++index) {
            for (int step = index < 12 ? index / 4 + 1 : 4; step > 0; --step) of[++size] = static_cast<std::uint8_t>(index);
            units[index] = static_cast<std::uint8_t>(size);
        }
    }
};
inline constexpr BlockSizes kBlocks;
static_assert(kBlocks.units[kSizes - 1] == kMostUnits);

class Arena {
public:
    explicit Arena(std::uint32_t size);

    // Forgets everything.
    void clear();

    template <class T>
    T read(Ref at) const {
        T value;
        std::memcpy(&value, bytes_.get() + at, sizeof value);
        return value;
    }
    template <class T>
    void write(Ref at, T value) {
        std::memcpy(bytes_.get() + at, &value, sizeof value);
    }
    std::uint8_t* at(Ref place) { return bytes_.get() + place; }
    const std::uint8_t* at(Ref place) const { return bytes_.get() + place; }

    // Appends to the text and gives the place behind it; 0 where that meets the units.
    Ref append(std::uint8_t symbol) {
        bytes_[text_++] = symbol;
        return text_ < units_start_ ? text_ : 0;
    }
    void drop_last() { --text_; }
    // Whether this is a place in the text, where no unit can be.
    bool is_text(Ref place) const { return place < units_start_; }

    // One unit, or 0 where memory is full.
    Ref context() {
        if (high_ != low_) return high_ -= kUnit;
        return free_[0] != 0 ? take(0) : rare(0);
    }
    // A block for so many units, or 0 where memory is full.
    Ref units(int count) {
        const int index = kBlocks.of[count];
        if (free_[index] != 0) return take(index);
        const std::uint32_t bytes = kUnit * kBlocks.units[index];
        if (bytes > high_ - low_) return rare(index);
        const Ref block = low_;
        low_ += bytes;
        return block;
    }
    // Room for `count` + 1 units in place of `count`, which move; 0 where memory is full.
    Ref grow(Ref block, int count);
    // Room for fewer units, which move where a block of their size is free.
    Ref shrink(Ref block, int from, int to);
    void give_back(Ref block, int count) { give(block, kBlocks.of[count]); }

private:
    // A free block: the next of its list. While neighbours are glued: 0, its units, and the next of all.
    Ref take(int index) {
        const Ref block = free_[index];
        free_[index] = read<Ref>(block);
        return block;
    }
    void give(Ref block, int index) {
        write<Ref>(block, free_[index]);
        free_[index] = block;
    }
    Ref rare(int index);
    void give_any(Ref block, int units);
    void glue();
    Ref list_all();
    void join_neighbours(Ref& first);

    std::uint32_t size_;
    std::unique_ptr<std::uint8_t[]> bytes_;
    std::array<Ref, kSizes> free_{};
    Ref text_ = 0, units_start_ = 0, low_ = 0, high_ = 0;
    int until_glued_ = 0;
};

}  // namespace nacomp::codecs
