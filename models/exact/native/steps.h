// The steps of formats/NUMERICS.md over 16 lanes, written once for every instruction set.
//
// Included by each kernel_*.cpp after the lane types (lanes_*.h), inside that file's unnamed namespace and under its
// target attributes, so it must not instantiate any template of the standard library: the linker keeps one copy of
// those for the whole program, and it might be the one compiled for a wider instruction set than the CPU has.
//
// A lanes header defines
//   F, I             16 floats, 16 int32, with the functions used below;
//   Acc, Panel, Quad the accumulator of 16 columns, 64 panel bytes (column, 4), four broadcast activations;
//   AElem, WElem     elements of activations and of attention weights; kPlanes, kPlaneShift how the latter split;
//   kProductRows, kProductBlocks, kScoreBlocks, kValueBlocks, kHeadRows: tile sizes that fit its registers;
//   collect_groups   the list of non-zero groups of four weights.

inline F exp32(F x) {
    F low = f_set(-87.0f);
    F y = f_max(x, low);
    F n = f_rint(f_mul(y, f_set(1.44269504f)));
    F r = f_sub(y, f_mul(n, f_set(0.693359375f)));
    r = f_sub(r, f_mul(n, f_set(-2.12194440e-4f)));
    F p = f_set(1.9875691500e-4f);
    p = f_add(f_mul(p, r), f_set(1.3981999507e-3f));
    p = f_add(f_mul(p, r), f_set(8.3334519073e-3f));
    p = f_add(f_mul(p, r), f_set(4.1665795894e-2f));
    p = f_add(f_mul(p, r), f_set(1.6666665459e-1f));
    p = f_add(f_mul(p, r), f_set(5.0000001201e-1f));
    p = f_add(f_mul(p, f_mul(r, r)), r);
    p = f_add(p, f_set(1.0f));
    return f_zero_if_less(f_scale2(p, n), x, low);
}

inline bool finite_bits(int32_t bits) { return bits < 0x7f800000; }

inline float float_of(int32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

inline int32_t bits_of(float value) {
    int32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

// The largest |x[i]| as its bit pattern: integers compare like the floats do, and a NaN comes out on top.
inline int32_t largest_bits(const float* x, int n) {
    I top = i_set(0);
    for (int i = 0; i < n; i += 16) top = i_max(top, i_and(f_bits(f_load(x + i)), i_set(0x7fffffff)));
    return i_reduce_max(top);
}

template <class T>
inline bool quantise_to(const float* x, int n, T* q, float* scale, int32_t* sum) {
    int32_t bits = largest_bits(x, n);
    float a = float_of(bits);
    float v = a > 0 ? 127.0f / a : float_of(0x7f800000);
    I total = i_set(0);
    if (!finite_bits(bits)) return false;
    if (v > 3.402823466e38f) {
        for (int i = 0; i < n; i += 16) i_narrow(q + i, total);
        *scale = 0.0f;
        *sum = 0;
        return true;
    }
    // |x * v| <= 127 * (1 + 2^-22), so the clamp of NUMERICS 4 can never act.
    for (int i = 0; i < n; i += 16) {
        I k = f_round(f_mul(f_load(x + i), f_set(v)));
        i_narrow(q + i, k);
        total = i_add(total, k);
    }
    *scale = a / 127.0f;
    *sum = i_reduce_add(total);
    return true;
}

bool quantise(const float* x, int n, QuantRows out, int row) {
    int32_t sum = 0;
    AElem* q = reinterpret_cast<AElem*>(out.values) + row * out.stride;
    bool good = quantise_to(x, n, q, out.scale + row, &sum);
    out.bias[row] = kBiasPerSum * sum;
    return good;
}

bool quantise_head(const float* x, int n, int8_t* q, float* scale) {
    int32_t sum = 0;
    return quantise_to(x, n, q, scale, &sum);
}

inline float lanesum_of_squares(const float* x, int n) {
    F lanes = f_set(0.0f);
    for (int i = 0; i < n; i += 16) {
        F v = f_load(x + i);
        lanes = f_add(lanes, f_mul(v, v));
    }
    float s[16];
    f_store(s, lanes);
    for (int half = 8; half > 0; half /= 2)
        for (int j = 0; j < half; j++) s[j] = s[j] + s[j + half];
    return s[0];
}

bool norm_quantise(const float* x, const float* w, int n, float eps, float* scratch, QuantRows out, int row) {
    float m = lanesum_of_squares(x, n) / static_cast<float>(n);
    F c = f_set(1.0f / square_root(m + eps));
    for (int i = 0; i < n; i += 16) f_store(scratch + i, f_mul(f_mul(f_load(x + i), c), f_load(w + i)));
    return quantise(scratch, n, out, row);
}

// y0 = x0 c - x1 s and y1 = x0 s + x1 c: with s negated in even lanes both are x c + swapped(x) s, bit for bit.
void rope(const float* x, const float* cosines, const float* sines, int d, float* y) {
    for (int i = 0; i < d; i += 16) {
        F v = f_load(x + i);
        f_store(y + i, f_add(f_mul(v, f_load(cosines + i)), f_mul(f_swap_pairs(v), f_load(sines + i))));
    }
}

void silu_multiply(const float* g, const float* u, int n, float* f) {
    F one = f_set(1.0f);
    for (int i = 0; i < n; i += 16) {
        F x = f_load(g + i);
        F e = exp32(f_negative_abs(x));
        F s = f_div(f_one_if_positive(e, x), f_add(one, e));
        f_store(f + i, f_mul(f_mul(x, s), f_load(u + i)));
    }
}

// Asks for `bytes` from p on, a multiple of 64.
inline void prefetch_bytes(const uint8_t* p, int bytes) {
    for (int i = 0; i < bytes; i += 64) prefetch(p + i);
}

// acc[r][c] += sum over k of panel column c*16.. by row r. Strides: bytes for the panel, elements for the rows.
// With Fetch, also asks for the panel kNear bytes on: tiles of many rows keep the processor too busy to look far enough
// ahead by itself. 5% more products per second at 8 rows; at 4 and fewer it loses.
constexpr size_t kNear = 4096;

template <bool Fetch, int R, int C>
inline void tile(const uint8_t* panel, size_t column_stride, size_t k_stride, const AElem* a, size_t lda, int k4,
                 Acc (&acc)[R][C]) {
    for (int k = 0; k < k4; k++, panel += k_stride, a += 4) {
        Panel p[C];
        if constexpr (Fetch) {
            NACOMP_UNROLL
            for (int c = 0; c < C; c++) prefetch(panel + kNear + c * column_stride);
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
            for (int c = 0; c < C; c++) {
                int column = block * kBlock + part + c * 16;
                float* y = t.y + (row + r) * t.stride + column;
                F value = f_mul(f_mul(i_float(acc_finish(acc[r][c])), f_set(t.a.scale[row + r])),
                                f_load(t.w.scale + column));
                f_store(y, t.add ? f_add(f_load(y), value) : value);
            }
        }
    }
}

template <int R>
void product_rows(const ProductTask& t, int block, int row, int rows) {
    if constexpr (R > 1) {
        if (rows < R) return product_rows<R - 1>(t, block, row, rows);
    }
    // Only the first tile's panels come from memory; the others find them in the cache.
    if (R > 4 && row == 0)
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

void product(const ProductTask& t) {
    // Several blocks per row tile, as many as stay in the second-level cache: the results of 64 rows in one block of
    // columns lie a power of two apart and would fight for the same few lines of the first level.
    int group = kGroupBytes / (kBlock * t.w.k) + 1;
    int full = static_cast<int>(t.stride / kBlock) < t.block_end ? t.block_end - 1 : t.block_end;
    for (int block = t.block_begin; block < full; block += group)
        product_blocks(t, block, block + group < full ? block + group : full);
    if (full < t.block_end) product_last_block(t, full);
}

// Panels, counted from the one in work. Past the end lie the keys of the next head, which come next.
constexpr int kKeysAhead = 8;

// Scores of C key panels for R heads.
template <int R, int C>
inline void score_tile(const AttendTask& t, int head, int block, int far_query) {
    const AElem* q = reinterpret_cast<const AElem*>(t.query[far_query]) + head * t.d;
    size_t panel_bytes = static_cast<size_t>(kSlots) * t.d;
    Acc acc[R][C];
    if (t.cold && head == 0) prefetch_bytes(t.keys + (block + kKeysAhead) * panel_bytes, C * kSlots * t.d);
    start(acc, t.query_bias[far_query] + head);
    tile<false, R, C>(t.keys + block * panel_bytes, panel_bytes, 64, q, t.d, t.d / 4, acc);
    NACOMP_UNROLL
    for (int r = 0; r < R; r++) {
        F scale = f_set(t.query_scale[far_query][head + r]);
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
            score_tile<R, kScoreBlocks>(t, head, block, range.far_query);
        for (; block < end; block++) score_tile<R, 1>(t, head, block, range.far_query);
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
