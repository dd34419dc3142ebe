// One row's attention for one key/value head (NUMERICS 8). Mirrors ReferenceSession._attend of reference.py.
#pragma once

#include <cstdint>
#include <cstring>

#include "arithmetic-inl.h"
#include "groups-inl.h"
#include "product-inl.h"

NACOMP_TARGET_BEGIN
namespace nacomp::exact::NACOMP_TARGET {
using namespace nacomp::NACOMP_TARGET;
namespace {

// Asks for `bytes` from p on, a multiple of 64.
inline void prefetch_bytes(const uint8_t* p, int bytes) {
    for (int i = 0; i < bytes; i += 64) prefetch(p + i);
}

// Panels, counted from the one in work. Past the end lie the keys of the next head, which come next. Asking for the first keys of
// the row that comes next, and for all scales, brought nothing (the embedded model's step of 8 streams takes 320 us on Zen 4
// either way); asking within the loop over a panel, a line at a time, took 3% longer.
constexpr int kKeysAhead = 8;

// Scores of C key panels for R heads.
template <int R, int C>
inline void score_tile(const AttendTask& t, int head, int block, int sink_query) {
    const AElem* q = reinterpret_cast<const AElem*>(t.query[sink_query]) + head * t.d;
    size_t panel_bytes = static_cast<size_t>(kSlots) * t.d;
    Acc acc[R][C];
    if (t.cold && head == 0) prefetch_bytes(t.keys + (block + kKeysAhead) * panel_bytes, C * kSlots * t.d);
    start(acc, t.query_bias[sink_query] + head);
    tile<false, R, C>(t.keys + block * panel_bytes, panel_bytes, 64, q, t.d, t.d / 4, acc);
    NACOMP_UNROLL
    for (int r = 0; r < R; r++) {
        F scale = f_set(t.query_scale[sink_query][head + r]);
        NACOMP_UNROLL
        for (int c = 0; c < C; c++) {
            int slot = (block + c) * kSlots;
            F value = f_mul(f_mul(i_float(acc_finish(acc[r][c])), scale), f_load(t.key_scale + slot));
            f_store(t.scores + static_cast<size_t>(head + r) * t.slots + slot, value);
        }
    }
}

inline int first_block(const SlotRange& range) { return range.begin / kSlots; }
inline int end_block(const SlotRange& range) { return (range.end + kSlots - 1) / kSlots; }

template <int R>
void score_heads(const AttendTask& t, int head) {
    for (int i = 0; i < t.range_count; i++) {
        const SlotRange& range = t.ranges[i];
        int block = first_block(range), end = end_block(range);
        for (; block + kScoreBlocks <= end; block += kScoreBlocks)
            score_tile<R, kScoreBlocks>(t, head, block, range.sink_query);
        for (; block < end; block++) score_tile<R, 1>(t, head, block, range.sink_query);
        // Lanes of the first and last panel that lie outside: exp32 makes them exactly zero.
        for (int r = head; r < head + R; r++) {
            float* row = t.scores + static_cast<size_t>(r) * t.slots;
            for (int s = first_block(range) * kSlots; s < range.begin; s++) row[s] = -float_of(0x7f800000);
            for (int s = range.end; s < end * kSlots; s++) row[s] = -float_of(0x7f800000);
        }
    }
}

struct Softmax {
    float m;       // largest score
    int32_t d;     // D of NUMERICS 8
    float a;       // largest numerator, A
};

inline float largest_score(const AttendTask& t, const float* row) {
    F top = f_set(-float_of(0x7f800000));
    for (int i = 0; i < t.range_count; i++)
        for (int s = first_block(t.ranges[i]) * kSlots; s < end_block(t.ranges[i]) * kSlots; s += kSlots)
            top = f_max(top, f_load(row + s));
    return f_reduce_max(top);
}

// Scores become numerators a[t] in place. This is where the processor computes and memory rests, so the values are
// fetched meanwhile: decoding 8 streams at 1,000 tokens of context took 10% less time (kKeysAhead: another 3%).
inline void numerators(const AttendTask& t, int head, float* row, Softmax& out) {
    I total = i_set(0);
    F m = f_set(out.m), top = f_set(0.0f), unit = f_set(262144.0f);
    bool fetch = t.cold && head == 0;
    for (int i = 0; i < t.range_count; i++) {
        for (int s = first_block(t.ranges[i]) * kSlots; s < end_block(t.ranges[i]) * kSlots; s += kSlots) {
            if (fetch) prefetch_bytes(t.values + static_cast<size_t>(s) * t.d, kSlots * t.d);
            F e = exp32(f_sub(f_load(row + s), m));
            total = i_add(total, f_round(f_mul(e, unit)));
            F a = f_mul(e, f_load(t.value_scale + s));
            top = f_max(top, a);
            f_store(row + s, a);
        }
    }
    out.d = i_reduce_add(total);
    out.a = f_reduce_max(top);
}

inline WElem* weight_row(const AttendTask& t, int plane, int head) {
    return reinterpret_cast<WElem*>(t.weights) + (static_cast<size_t>(plane) * t.heads + head) * t.slots;
}

inline void weigh(const AttendTask& t, int head, float factor) {
    const float* row = t.scores + static_cast<size_t>(head) * t.slots;
    WElem* low = weight_row(t, 0, head);
    WElem* high = weight_row(t, kPlanes - 1, head);
    F v = f_set(factor);
    for (int i = 0; i < t.range_count; i++)
        for (int s = first_block(t.ranges[i]) * kSlots; s < end_block(t.ranges[i]) * kSlots; s += kSlots)
            store_weights(low + s, high + s, f_round(f_mul(f_load(row + s), v)));
}

// The factor c of NUMERICS 8 for one head, or 0 where its output is zero; false for an infinite score.
inline bool softmax_head(const AttendTask& t, int head, float* c) {
    float* row = t.scores + static_cast<size_t>(head) * t.slots;
    Softmax soft{largest_score(t, row), 0, 0.0f};
    if (!finite_bits(bits_of(soft.m) & 0x7fffffff)) return false;
    numerators(t, head, row, soft);
    float factor = soft.a > 0 ? 4095.0f / soft.a : 0.0f;
    bool zero = soft.a == 0 || factor > 3.402823466e38f;
    weigh(t, head, zero ? 0.0f : factor);
    *c = zero ? 0.0f : (soft.a / 4095.0f) / (static_cast<float>(soft.d) * 3.814697265625e-6f);
    return true;
}

// acc[r][c] = sum over the listed groups of four positions.
template <int R, int C>
inline void value_tile(const AttendTask& t, int plane, int head, int column, const uint32_t* groups, int count,
                       Acc (&acc)[R][C]) {
    const WElem* w = weight_row(t, plane, head);
    for (int i = 0; i < count; i++) {
        size_t group = groups[i];
        const uint8_t* panel = t.values + group * t.d * 4 + column * 4;
        Panel p[C];
        NACOMP_UNROLL
        for (int c = 0; c < C; c++) p[c] = load_panel(panel + c * 64);
        NACOMP_UNROLL
        for (int r = 0; r < R; r++) {
            Quad q = load_weight_quad(w + static_cast<size_t>(r) * t.slots + group * 4);
            NACOMP_UNROLL
            for (int c = 0; c < C; c++) acc[r][c] = weight_step(acc[r][c], p[c], q);
        }
    }
}

template <int R, int C>
void value_columns(const AttendTask& t, int plane, int head, int column, int count, const float* c_head) {
    const int32_t zeros[R] = {};
    Acc acc[R][C];
    start(acc, zeros);
    value_tile<R, C>(t, plane, head, column, t.groups, count, acc);
    int32_t* sums = reinterpret_cast<int32_t*>(t.out);
    NACOMP_UNROLL
    for (int r = 0; r < R; r++) {
        NACOMP_UNROLL
        for (int c = 0; c < C; c++) {
            size_t at = static_cast<size_t>(head + r) * t.d + column + c * 16;
            I sum = acc_finish(acc[r][c]);
            // The planes are visited from the highest down; only the last one turns the sum into floats.
            if (plane < kPlanes - 1) sum = i_add(i_shift_left<kPlaneShift>(i_load(sums + at)), sum);
            if (plane > 0)
                i_store(sums + at, sum);
            else
                f_store(t.out + at, f_mul(i_float(sum), f_set(c_head[r])));
        }
    }
}

template <int R>
void attend_values(const AttendTask& t, int head, const float* c_head) {
    for (int plane = kPlanes - 1; plane >= 0; plane--) {
        int count = 0;
        for (int i = 0; i < t.range_count; i++)
            count += collect_groups<R>(weight_row(t, plane, head), t.slots, first_block(t.ranges[i]) * 4,
                                       end_block(t.ranges[i]) * 4, t.groups + count);
        int column = 0;
        for (; column + kValueBlocks * 16 <= t.d; column += kValueBlocks * 16)
            value_columns<R, kValueBlocks>(t, plane, head, column, count, c_head);
        if (kValueBlocks > 2 && column + 32 <= t.d) {
            value_columns<R, 2>(t, plane, head, column, count, c_head);
            column += 32;
        }
        for (; column < t.d; column += 16) value_columns<R, 1>(t, plane, head, column, count, c_head);
    }
}

template <int R>
bool attend_heads(const AttendTask& t, int head) {
    float c_head[R];
    score_heads<R>(t, head);
    for (int r = 0; r < R; r++)
        if (!softmax_head(t, head + r, c_head + r)) return false;
    attend_values<R>(t, head, c_head);
    return true;
}

template <int R>
bool attend_some(const AttendTask& t, int head, int heads) {
    if constexpr (R > 1) {
        if (heads < R) return attend_some<R - 1>(t, head, heads);
    }
    return attend_heads<R>(t, head);
}

bool attend(const AttendTask& t) {
    int tiles = (t.heads + kHeadRows - 1) / kHeadRows;
    for (int i = 0, head = 0; i < tiles; i++) {
        int heads = (t.heads - head + tiles - i - 1) / (tiles - i);
        if (!attend_some<kHeadRows>(t, head, heads)) return false;
        head += heads;
    }
    return true;
}

}  // namespace
}  // namespace nacomp::exact::NACOMP_TARGET
NACOMP_TARGET_END
