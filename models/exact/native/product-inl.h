// Quantised rows times a packed matrix (NUMERICS 5). Mirrors IntegerMatrix.product of arithmetic.py.
#pragma once

#include <cstdint>
#include <cstring>

#include "dot-inl.h"
#include "kernels.h"

NACOMP_TARGET_BEGIN
namespace nacomp::exact::NACOMP_TARGET {
using namespace nacomp::NACOMP_TARGET;
namespace {

// acc[r][c] += sum over k of panel column c*16.. by row r. Strides: bytes for the panel, elements for the rows.
// With Fetch, also asks for the panel kPrefetchAhead bytes on: tiles of many rows keep the processor too busy to look far enough
// ahead by itself. 5% more products per second at 8 rows of a Zen 4; at 4 and fewer it loses. On a Sapphire Rapids it is worth 5%
// at 4 rows too, of the embedded model (SmolLM2's shape 0 to 5%), and nothing either way at one; 1 to 16 KiB do as well.
constexpr size_t kPrefetchAhead = 4096;
#if defined(NACOMP_TARGET_AMX)
constexpr int kFetchRows = 2;
#else
constexpr int kFetchRows = 5;
#endif

template <bool Fetch, int R, int C>
inline void tile(const uint8_t* panel, size_t column_stride, size_t k_stride, const AElem* a, size_t lda, int k4,
                 Acc (&acc)[R][C]) {
    for (int k = 0; k < k4; k++, panel += k_stride, a += 4) {
        Panel p[C];
        if constexpr (Fetch) {
            NACOMP_UNROLL
            for (int c = 0; c < C; c++) prefetch(panel + kPrefetchAhead + c * column_stride);
        }
        NACOMP_UNROLL
        for (int c = 0; c < C; c++) p[c] = load_panel(panel + c * column_stride);
        NACOMP_UNROLL
        for (int r = 0; r < R; r++) {
            Quad q = load_quad(a + r * lda);
            NACOMP_UNROLL
            for (int c = 0; c < C; c++) acc[r][c] = step(acc[r][c], p[c], q);
        }
    }
}

template <int R, int C>
inline void start(Acc (&acc)[R][C], const int32_t* bias) {
    NACOMP_UNROLL
    for (int r = 0; r < R; r++) {
        NACOMP_UNROLL
        for (int c = 0; c < C; c++) acc[r][c] = acc_start(bias[r]);
    }
}

// y (+)= what the sums of 16 columns of one row stand for.
inline void finish(const ProductTask& t, int row, int column, I sum) {
    float* y = t.y + row * t.stride + column;
    F value = f_mul(f_mul(i_float(sum), f_set(t.a.scale[row])), f_load(t.w.scale + column));
    f_store(y, t.add ? f_add(f_load(y), value) : value);
}

template <int R, bool Fetch>
void product_tile(const ProductTask& t, int block, int row) {
    constexpr int C = kProductBlocks;
    const AElem* a = reinterpret_cast<const AElem*>(t.a.values) + row * t.a.stride;
    const uint8_t* panel = t.w.panels + static_cast<size_t>(block) * kBlock * t.w.k;
    for (int part = 0; part < kBlock; part += 16 * C) {
        Acc acc[R][C];
        start(acc, t.a.bias + row);
        tile<Fetch, R, C>(panel + part * 4, 64, kBlock * 4, a, t.a.stride, t.w.k / 4, acc);
        NACOMP_UNROLL
        for (int r = 0; r < R; r++) {
            NACOMP_UNROLL
            for (int c = 0; c < C; c++)
                finish(t, row + r, block * kBlock + part + c * 16, acc_finish(acc[r][c]));
        }
    }
}

template <int R>
void product_rows(const ProductTask& t, int block, int row, int rows) {
    if constexpr (R > 1) {
        if (rows < R) return product_rows<R - 1>(t, block, row, rows);
    }
    // Only the first tile's panels come from memory; the others find them in the cache.
    if (R >= kFetchRows && row == 0)
        product_tile<R, true>(t, block, row);
    else
        product_tile<R, false>(t, block, row);
}

void product_blocks(const ProductTask& t, int begin, int end) {
    // Even tiles: 10 rows are 5 + 5, not 8 + 2, so that no tile starves the multipliers.
    int tiles = (t.rows + kProductRows - 1) / kProductRows;
    for (int i = 0, row = 0; i < tiles; i++) {
        int rows = (t.rows - row + tiles - i - 1) / (tiles - i);
        for (int block = begin; block < end; block++) product_rows<kProductRows>(t, block, row, rows);
        row += rows;
    }
}

// The last block of a matrix whose width is no multiple of 32 must not write past the row's end.
void product_last_block(const ProductTask& t, int block) {
    float y[kBlock];
    int column = block * kBlock;
    ProductTask one = t;
    one.rows = 1;
    for (int row = 0; row < t.rows; row++) {
        float* target = t.y + row * t.stride + column;
        int columns = t.w.columns - column;
        memcpy(y, target, sizeof(float) * columns);
        one.a = {t.a.values + row * t.a.stride * sizeof(AElem), t.a.stride, t.a.scale + row, t.a.bias + row};
        one.y = y - column;
        product_blocks(one, block, block + 1);
        memcpy(target, y, sizeof(float) * columns);
    }
}

// Half of a small second-level cache.
constexpr int kGroupBytes = 1 << 18;

// `blocks` does some blocks of all rows.
void product_groups(const ProductTask& t, void (*blocks)(const ProductTask&, int begin, int end)) {
    // Several blocks per row tile, as many as stay in the second-level cache: the results of 64 rows in one block of
    // columns lie a power of two apart and would fight for the same few lines of the first level.
    int group = kGroupBytes / (kBlock * t.w.k) + 1;
    int full = static_cast<int>(t.stride / kBlock) < t.block_end ? t.block_end - 1 : t.block_end;
    for (int block = t.block_begin; block < full; block += group)
        blocks(t, block, block + group < full ? block + group : full);
    if (full < t.block_end) product_last_block(t, full);
}

void product(const ProductTask& t) { product_groups(t, product_blocks); }

}  // namespace
}  // namespace nacomp::exact::NACOMP_TARGET
NACOMP_TARGET_END
