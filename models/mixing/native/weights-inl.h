// The sums over weighted inputs, and what the weights learn.
#pragma once

#include "arithmetic.h"
#include "kernels.h"
#include "native/target.h"

NACOMP_TARGET_BEGIN
namespace nacomp::mixing::NACOMP_TARGET {
namespace {

#if defined(NACOMP_TARGET_AVX2) || defined(NACOMP_TARGET_AVX512)

NACOMP_INLINE __m256i load16(const int16_t* at) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at)); }

// Eight partial sums of a row, over kGroups groups of inputs, or over n of them where that is 0: with a known number the inputs stay
// in registers, and mixing takes half the instructions.
template <int kGroups> NACOMP_INLINE __m256i weigh(const int16_t* inputs, const int16_t* row, int n) {
    if (kGroups == 1) {  // halves, as the first layer has just written them
        const __m128i* x = reinterpret_cast<const __m128i*>(inputs);
        return _mm256_madd_epi16(_mm256_inserti128_si256(_mm256_castsi128_si256(_mm_load_si128(x)), _mm_load_si128(x + 1), 1), load16(row));
    }
    const int all = kGroups ? kGroups * kLanes : n;
    int i = 0;
#if defined(NACOMP_TARGET_AVX512)
    __m512i wide = _mm512_setzero_si512();
    NACOMP_UNROLL
    for (; i + 32 <= all; i += 32)
        wide = _mm512_add_epi32(wide, _mm512_madd_epi16(_mm512_loadu_si512(inputs + i), _mm512_loadu_si512(row + i)));
    __m256i sum = _mm256_add_epi32(_mm512_castsi512_si256(wide), _mm512_extracti64x4_epi64(wide, 1));
#else
    __m256i sum = _mm256_setzero_si256();
#endif
    NACOMP_UNROLL
    for (; i < all; i += 16) sum = _mm256_add_epi32(sum, _mm256_madd_epi16(load16(inputs + i), load16(row + i)));
    return sum;
}

template <int kGroups, int kSets>
NACOMP_INLINE void mix_some(const int16_t* inputs, const int16_t* const* rows, int n, int16_t* points) {
    const __m256i zero = _mm256_setzero_si256();
    __m256i part[8];
    NACOMP_UNROLL
    for (int k = 0; k < 8; k++) part[k] = k < kSets ? weigh<kGroups>(inputs, rows[k < kSets ? k : 0], n) : zero;
    // Sums of neighbours until each lane is one set's, in halves of the register.
    const __m256i first = _mm256_hadd_epi32(_mm256_hadd_epi32(part[0], part[1]), _mm256_hadd_epi32(part[2], part[3]));
    const __m256i last =
        kSets > 4 ? _mm256_hadd_epi32(_mm256_hadd_epi32(part[4], part[5]), _mm256_hadd_epi32(part[6], part[7])) : zero;
    const __m128i low = _mm_add_epi32(_mm256_castsi256_si128(first), _mm256_extracti128_si256(first, 1));
    const __m128i high = _mm_add_epi32(_mm256_castsi256_si128(last), _mm256_extracti128_si256(last, 1));
    const __m128i sums = _mm_packs_epi32(_mm_srai_epi32(low, kWeightShift), _mm_srai_epi32(high, kWeightShift));
    _mm_store_si128(reinterpret_cast<__m128i*>(points),
                    _mm_max_epi16(_mm_min_epi16(sums, _mm_set1_epi16(kLimit)), _mm_set1_epi16(-kLimit)));
}

template <int kGroups> NACOMP_INLINE void mix_all(const int16_t* inputs, const int16_t* const* rows, int sets, int n, int16_t* points) {
    for (; sets >= 8; sets -= 8, rows += 8, points += 8) mix_some<kGroups, 8>(inputs, rows, n, points);
    switch (sets) {
        case 0: break;
        case 1: mix_some<kGroups, 1>(inputs, rows, n, points); break;
        case 2: mix_some<kGroups, 2>(inputs, rows, n, points); break;
        case 3: mix_some<kGroups, 3>(inputs, rows, n, points); break;
        case 4: mix_some<kGroups, 4>(inputs, rows, n, points); break;
        case 5: mix_some<kGroups, 5>(inputs, rows, n, points); break;
        case 6: mix_some<kGroups, 6>(inputs, rows, n, points); break;
        default: mix_some<kGroups, 7>(inputs, rows, n, points); break;
    }
}

void mix(const int16_t* inputs, const int16_t* const* rows, int sets, int n, int16_t* points) {
    switch (n / kLanes) {
        case 1: mix_all<1>(inputs, rows, sets, n, points); break;  // second layers
        case 4: mix_all<4>(inputs, rows, sets, n, points); break;  // the binary profile
        case 6: mix_all<6>(inputs, rows, sets, n, points); break;  // all others
        default: mix_all<0>(inputs, rows, sets, n, points); break;
    }
}

template <int kGroups> NACOMP_INLINE void train_row(const int16_t* inputs, int16_t* row, int32_t error, int n) {
    const int all = kGroups ? kGroups * kLanes : n;
    int i = 0;
#if defined(NACOMP_TARGET_AVX512)
    const __m512i wide = _mm512_set1_epi16(static_cast<int16_t>(error));
    NACOMP_UNROLL
    for (; i + 32 <= all; i += 32) {
        const __m512i step = _mm512_mulhrs_epi16(_mm512_loadu_si512(inputs + i), wide);
        _mm512_storeu_si512(row + i, _mm512_adds_epi16(_mm512_loadu_si512(row + i), step));
    }
#endif
    const __m256i all_errors = _mm256_set1_epi16(static_cast<int16_t>(error));
    NACOMP_UNROLL
    for (; i < all; i += 16) {
        const __m256i step = _mm256_mulhrs_epi16(load16(inputs + i), all_errors);
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(row + i), _mm256_adds_epi16(load16(row + i), step));
    }
}

template <int kGroups>
NACOMP_INLINE void train_all(const int16_t* inputs, int16_t* const* rows, const int32_t* errors, int sets, int n) {
    for (int set = 0; set < sets; set++)
        if (errors[set] < -kNoError || errors[set] > kNoError) train_row<kGroups>(inputs, rows[set], errors[set], n);
}

void train(const int16_t* inputs, int16_t* const* rows, const int32_t* errors, int sets, int n) {
    switch (n / kLanes) {
        case 1: train_all<1>(inputs, rows, errors, sets, n); break;
        case 4: train_all<4>(inputs, rows, errors, sets, n); break;
        case 6: train_all<6>(inputs, rows, errors, sets, n); break;
        default: train_all<0>(inputs, rows, errors, sets, n); break;
    }
}

#else

void mix(const int16_t* inputs, const int16_t* const* rows, int sets, int n, int16_t* points) {
    for (int set = 0; set < sets; set++) {
        const int16_t* row = rows[set];
        uint32_t all = 0;
        for (int i = 0; i < n; i++) all += static_cast<uint32_t>(inputs[i] * row[i]);
        const int32_t sum = static_cast<int32_t>(all) >> kWeightShift;
        points[set] = static_cast<int16_t>(sum > kLimit ? kLimit : sum < -kLimit ? -kLimit : sum);
    }
}

void train(const int16_t* inputs, int16_t* const* rows, const int32_t* errors, int sets, int n) {
    for (int set = 0; set < sets; set++) {
        const int32_t error = errors[set];
        if (error >= -kNoError && error <= kNoError) continue;
        int16_t* row = rows[set];
        for (int i = 0; i < n; i++) {
            int32_t w = row[i] + ((inputs[i] * error + (1 << 14)) >> 15);
            w = w > 32767 ? 32767 : w;
            row[i] = static_cast<int16_t>(w < -32768 ? -32768 : w);
        }
    }
}

#endif

}  // namespace
}  // namespace nacomp::mixing::NACOMP_TARGET
NACOMP_TARGET_END
