// 16 lanes in one register, and the dot products of VNNI. See steps.h for what each name must do.
//
// vpdpbusd multiplies unsigned by signed bytes: matrices and keys are stored with 128 added (kMatrixFlip) and the
// accumulator starts at -128 * sum(activations); attention weights are unsigned as they are, in two byte planes.
using F = __m512;
using I = __m512i;
using Acc = __m512i;
using Panel = __m512i;
using Quad = __m512i;
using AElem = int8_t;
using WElem = uint8_t;

constexpr uint8_t kMatrixFlip = 0x80;
constexpr int32_t kBiasPerSum = -128;
constexpr int kPlanes = 2;
constexpr int kPlaneShift = 8;
// 8 x 32 outputs: 16 accumulators, 2 panels and a broadcast fit the 32 registers.
constexpr int kProductRows = 8;
constexpr int kProductBlocks = 2;
constexpr int kHeadRows = 4;
constexpr int kScoreBlocks = 4;
constexpr int kValueBlocks = 4;

inline void prefetch(const uint8_t* p) { _mm_prefetch(reinterpret_cast<const char*>(p), _MM_HINT_T0); }

inline F f_set(float x) { return _mm512_set1_ps(x); }
inline F f_load(const float* p) { return _mm512_loadu_ps(p); }
inline void f_store(float* p, F x) { _mm512_storeu_ps(p, x); }
inline F f_add(F a, F b) { return _mm512_add_ps(a, b); }
inline F f_sub(F a, F b) { return _mm512_sub_ps(a, b); }
inline F f_mul(F a, F b) { return _mm512_mul_ps(a, b); }
inline F f_div(F a, F b) { return _mm512_div_ps(a, b); }
inline F f_max(F a, F b) { return _mm512_max_ps(a, b); }
inline F f_rint(F x) { return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
inline I f_round(F x) { return _mm512_cvtps_epi32(x); }
inline F f_scale2(F p, F n) { return _mm512_scalef_ps(p, n); }
inline F f_zero_if_less(F value, F x, F limit) {
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(x, limit, _CMP_NLT_UQ), value);
}
inline F f_one_if_positive(F otherwise, F x) {
    return _mm512_mask_mov_ps(otherwise, _mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_GE_OQ), f_set(1.0f));
}
inline I f_bits(F x) { return _mm512_castps_si512(x); }
inline F f_negative_abs(F x) {
    return _mm512_castsi512_ps(_mm512_or_si512(f_bits(x), _mm512_set1_epi32(INT32_MIN)));
}
inline F f_swap_pairs(F x) { return _mm512_permute_ps(x, 0xB1); }
inline float f_reduce_max(F x) { return _mm512_reduce_max_ps(x); }

inline I i_set(int32_t x) { return _mm512_set1_epi32(x); }
inline I i_load(const int32_t* p) { return _mm512_loadu_si512(p); }
inline void i_store(int32_t* p, I x) { _mm512_storeu_si512(p, x); }
inline I i_add(I a, I b) { return _mm512_add_epi32(a, b); }
inline I i_and(I a, I b) { return _mm512_and_si512(a, b); }
inline I i_max(I a, I b) { return _mm512_max_epi32(a, b); }
template <int N>
inline I i_shift_left(I x) {
    return _mm512_slli_epi32(x, N);
}
inline F i_float(I x) { return _mm512_cvtepi32_ps(x); }
inline int32_t i_reduce_max(I x) { return _mm512_reduce_max_epi32(x); }
inline int32_t i_reduce_add(I x) { return _mm512_reduce_add_epi32(x); }
inline void i_narrow(int8_t* p, I x) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_cvtepi32_epi8(x));
}

inline Acc acc_start(int32_t x) { return _mm512_set1_epi32(x); }
inline I acc_finish(Acc x) { return x; }
inline Panel load_panel(const uint8_t* p) { return _mm512_loadu_si512(p); }
inline Quad load_quad(const AElem* p) {
    int32_t four;
    memcpy(&four, p, 4);
    return _mm512_set1_epi32(four);
}
inline Quad load_weight_quad(const WElem* p) { return load_quad(reinterpret_cast<const AElem*>(p)); }
inline Acc step(Acc acc, Panel unsigned_panel, Quad q) { return _mm512_dpbusd_epi32(acc, unsigned_panel, q); }
inline Acc weight_step(Acc acc, Panel panel, Quad unsigned_q) { return _mm512_dpbusd_epi32(acc, unsigned_q, panel); }

inline void store_weights(WElem* low, WElem* high, I w) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(low), _mm512_cvtepi32_epi8(w));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(high), _mm512_cvtepi32_epi8(_mm512_srli_epi32(w, kPlaneShift)));
}

// Groups [begin, end) in which any of R heads has a weight; begin and end are multiples of 4. Writes up to 16 words
// past the returned count.
template <int R>
inline int collect_groups(const WElem* w, int slots, int begin, int end, uint32_t* groups) {
    int count = 0;
    I numbers = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    for (int g = begin; g < end; g += 16) {
        __mmask16 inside = end - g >= 16 ? 0xFFFF : static_cast<__mmask16>((1u << (end - g)) - 1);
        I any = _mm512_setzero_si512();
        for (int r = 0; r < R; r++)
            any = _mm512_or_si512(any, _mm512_maskz_loadu_epi32(inside, w + static_cast<size_t>(r) * slots + g * 4));
        __mmask16 mask = _mm512_test_epi32_mask(any, any);
        _mm512_storeu_si512(groups + count, _mm512_maskz_compress_epi32(mask, i_add(numbers, i_set(g))));
        count += _mm_popcnt_u32(mask);
    }
    return count;
}
