// Tile registers: 16 rows of 64 bytes, whose product is 16 x 16 sums of 64 terms.
//
// Own instructions instead of intrinsics: those of GCC 12 take the registers' numbers as text, which no template can give, and
// do not say that they read memory.
#pragma once

#include <cstddef>
#include <cstdint>

#include "native/target.h"

NACOMP_TARGET_BEGIN
namespace nacomp::exact::NACOMP_TARGET {
namespace {

// What ldtilecfg reads: the rows of each register, and the bytes of one.
struct alignas(64) TileShapes {
    uint8_t palette, first_row, unused[14];
    uint16_t bytes[16];
    uint8_t rows[16];
};

// The thread's tile registers while it lives; their content is lost with each change of shapes. Afterwards the system has
// nothing of them to save.
class Tiles {
public:
    Tiles() = default;
    ~Tiles() { __asm__ volatile("tilerelease" ::: "memory"); }
    Tiles(const Tiles&) = delete;
    Tiles& operator=(const Tiles&) = delete;

    void shape(const TileShapes& shapes) { __asm__ volatile("ldtilecfg %0" ::"m"(shapes) : "memory"); }
};

template <int T>
inline void tile_zero() {
    __asm__ volatile("tilezero %%tmm%c0" ::"i"(T));
}

template <int T>
inline void tile_load(const void* p, size_t stride) {
    __asm__ volatile("tileloadd (%0,%1,1), %%tmm%c2" ::"r"(p), "r"(stride), "i"(T) : "memory");
}

template <int T>
inline void tile_store(void* p, size_t stride) {
    __asm__ volatile("tilestored %%tmm%c2, (%0,%1,1)" ::"r"(p), "r"(stride), "i"(T) : "memory");
}

// sums += signed rows times unsigned columns.
template <int Sums, int Rows, int Columns>
inline void tile_multiply() {
    __asm__ volatile("tdpbsud %%tmm%c0, %%tmm%c1, %%tmm%c2" ::"i"(Columns), "i"(Rows), "i"(Sums));
}

}  // namespace
}  // namespace nacomp::exact::NACOMP_TARGET
NACOMP_TARGET_END
