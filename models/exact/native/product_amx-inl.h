// Products of many rows by tiles (NUMERICS 5).
//
// A packed matrix consists of tiles as it is: 16 columns of four depths each are a row of 64 bytes, the next four depths lie
// kBlock * 4 bytes on. tdpbsud multiplies signed activations by the matrix with 128 added, as vpdpbusd does, so that matrices,
// biases and sums are those of dot_avx512vnni-inl.h. What a depth has beyond a multiple of 64, vpdpbusd adds.
#pragma once

#include <cstdint>

#include "dot-inl.h"
#include "kernels.h"
#include "product-inl.h"
#include "tiles_amx-inl.h"

NACOMP_TARGET_BEGIN
namespace nacomp::exact::NACOMP_TARGET {
using namespace nacomp::NACOMP_TARGET;
namespace {

constexpr int kTileRows = 16;
constexpr int kTileDepth = 64;
// Bytes of a packed matrix from one row of a tile to the next, and from one tile to that of the next depths.
constexpr int kRowStride = kBlock * 4;
constexpr int kTileStride = kBlock * kTileDepth;

// Fewer rows are left to product-inl.h. On one core of a Sapphire Rapids products of 9 rows took 0.7 to 0.8 of the time of
// product-inl.h, of 16 rows 0.6 to 0.7, of 64 a third to a half, of 256 a quarter to a third. Products of 8 rows alone take as
// long either way, but a step of eight streams of the embedded model's shape took 10% longer (nine: 12% less), of SmolLM2's 4%.
constexpr int kLeastRows = 9;
// How far ahead the first rows ask for the matrix: 2 KiB are best, 4 to 16 KiB up to 10% slower where all fits the caches.
constexpr int kFetchAhead = 2048;

// Registers 0 to 3 are sums, 4 and 5 activations, 6 and 7 of the matrix. Those of 0, 1 and 4 have `first` rows, of 2, 3 and 5
// `second`.
inline TileShapes shapes_of(int first, int second) {
    uint8_t a = static_cast<uint8_t>(first), b = static_cast<uint8_t>(second);
    return {1, 0, {}, {64, 64, 64, 64, 64, 64, 64, 64}, {a, a, b, b, a, b, 16, 16}};
}

inline void clear_sums() {
    tile_zero<0>();
    tile_zero<1>();
    tile_zero<2>();
    tile_zero<3>();
}

// (register, 16, 16)
inline void store_sums(int32_t* sums) {
    tile_store<0>(sums, 64);
    tile_store<1>(sums + 256, 64);
    tile_store<2>(sums + 512, 64);
    tile_store<3>(sums + 768, 64);
}

// The next kTileStride bytes, kFetchAhead on.
template <bool Fetch>
inline void fetch_tiles(const uint8_t* panel) {
    if constexpr (Fetch) {
        for (int i = 0; i < kTileStride; i += 64) prefetch(panel + kFetchAhead + i);
    }
}

// Sums of (row tile, half of the block). `depth` is a multiple of 64, `lda` are the bytes from one row to the next.
template <bool Fetch>
inline void multiply_two_row_tiles(const int8_t* a, size_t lda, int depth, const uint8_t* panel) {
    const int8_t* b = a + kTileRows * lda;
    for (int k = 0; k < depth; k += kTileDepth, panel += kTileStride) {
        fetch_tiles<Fetch>(panel);
        tile_load<4>(a + k, lda);
        tile_load<6>(panel, kRowStride);
        tile_multiply<0, 4, 6>();
        tile_load<7>(panel + 64, kRowStride);
        tile_multiply<1, 4, 7>();
        tile_load<5>(b + k, lda);
        tile_multiply<2, 5, 6>();
        tile_multiply<3, 5, 7>();
    }
}

// Sums of (even and odd tiles of depths, half of the block): two alone would wait for each other.
template <bool Fetch>
inline void multiply_one_row_tile(const int8_t* a, size_t lda, int depth, const uint8_t* panel) {
    for (int k = 0; k < depth; k += kTileDepth, panel += kTileStride) {
        fetch_tiles<Fetch>(panel);
        tile_load<4>(a + k, lda);
        tile_load<6>(panel, kRowStride);
        tile_multiply<0, 4, 6>();
        tile_load<7>(panel + 64, kRowStride);
        tile_multiply<1, 4, 7>();
        k += kTileDepth, panel += kTileStride;
        if (k >= depth) break;
        fetch_tiles<Fetch>(panel);
        tile_load<5>(a + k, lda);
        tile_load<6>(panel, kRowStride);
        tile_multiply<2, 5, 6>();
        tile_load<7>(panel + 64, kRowStride);
        tile_multiply<3, 5, 7>();
    }
}

// Results of rows [row, row + rows) in one block, whose sums (half, 16, 16), with those of odd tiles behind them, lack the bias
// and the last depths.
template <bool Odd>
inline void finish_tiles(const ProductTask& t, int block, int row, int rows, int depth, const int32_t* sums) {
    const uint8_t* panel = t.w.panels + static_cast<size_t>(block) * kBlock * t.w.k + static_cast<size_t>(depth) * kBlock;
    for (int r = 0; r < rows; r++, sums += 16) {
        const AElem* a = reinterpret_cast<const AElem*>(t.a.values) + (row + r) * t.a.stride + depth;
        I bias = i_set(t.a.bias[row + r]);
        Acc acc[1][2] = {{i_add(i_load(sums), bias), i_add(i_load(sums + 256), bias)}};
        if constexpr (Odd) {
            acc[0][0] = i_add(acc[0][0], i_load(sums + 512));
            acc[0][1] = i_add(acc[0][1], i_load(sums + 768));
        }
        tile<false, 1, 2>(panel, 64, kRowStride, a, t.a.stride, (t.w.k - depth) / 4, acc);
        finish(t, row + r, block * kBlock, acc_finish(acc[0][0]));
        finish(t, row + r, block * kBlock + 16, acc_finish(acc[0][1]));
    }
}

// Rows [row, row + rows), more than 16 if they are a pair of tiles, of the blocks [begin, end). To finish the sums of one block
// while the tiles of the next are multiplied gained nothing.
template <bool Pair, bool Fetch>
void tile_rows(const ProductTask& t, Tiles& tiles, int begin, int end, int row, int rows) {
    alignas(64) int32_t sums[4 * 256];
    const int first = Pair ? kTileRows : rows, second = Pair ? rows - kTileRows : rows;
    const int depth = t.w.k / kTileDepth * kTileDepth;
    const int8_t* a = reinterpret_cast<const int8_t*>(t.a.values) + row * t.a.stride;
    tiles.shape(shapes_of(first, second));
    for (int block = begin; block < end; block++) {
        const uint8_t* panel = t.w.panels + static_cast<size_t>(block) * kBlock * t.w.k;
        clear_sums();
        (Pair ? multiply_two_row_tiles<Fetch> : multiply_one_row_tile<Fetch>)(a, t.a.stride, depth, panel);
        store_sums(sums);
        finish_tiles<!Pair>(t, block, row, first, depth, sums);
        if (Pair) finish_tiles<false>(t, block, row + kTileRows, second, depth, sums + 512);
    }
}

void tile_blocks(const ProductTask& t, int begin, int end) {
    Tiles tiles;
    // Even pairs, as in product_blocks. Only the first one's panels come from memory.
    int pairs = (t.rows + 2 * kTileRows - 1) / (2 * kTileRows);
    for (int i = 0, row = 0; i < pairs; i++) {
        int rows = (t.rows - row + pairs - i - 1) / (pairs - i);
        if (rows > kTileRows)
            (row == 0 ? tile_rows<true, true> : tile_rows<true, false>)(t, tiles, begin, end, row, rows);
        else
            (row == 0 ? tile_rows<false, true> : tile_rows<false, false>)(t, tiles, begin, end, row, rows);
        row += rows;
    }
}

void tile_product(const ProductTask& t) {
    if (t.rows < kLeastRows || t.w.k < kTileDepth)
        product(t);
    else
        product_groups(t, tile_blocks);
}

}  // namespace
}  // namespace nacomp::exact::NACOMP_TARGET
NACOMP_TARGET_END
