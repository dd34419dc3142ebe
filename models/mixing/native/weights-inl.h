// The sums over weighted inputs, and what the weights learn.
#pragma once

#include "arithmetic.h"
#include "kernels.h"
#include "native/target.h"

NACOMP_TARGET_BEGIN
namespace nacomp::mixing::NACOMP_TARGET {
namespace {

#if defined(NACOMP_TARGET_AVX2) || defined(NACOMP_TARGET_AVX512)

// Eight partial sums of a row, over kGroups groups of inputs, or over n of them where that is 0: with a known number the inputs stay
// in registers, and mixing takes half the instructions.
#if defined(NACOMP_TARGET_AVX512)
template <int kGroups> NACOMP_INLINE __m256i weigh(const int32_t* inputs, const int32_t* row, int n) {
    if (kGroups == 1) {  // halves, as the first layer has just written them
        const __m256i* x = reinterpret_cast<const __m256i*>(inputs);
        const __m256i* w = reinterpret_cast<const __m256i*>(row);
        return _mm256_add_epi32(_mm256_srai_epi32(_mm256_mullo_epi32(_mm256_load_si256(x), _mm256_load_si256(w)), 10),
                                _mm256_srai_epi32(_mm256_mullo_epi32(_mm256_load_si256(x + 1), _mm256_load_si256(w + 1)), 10));
    }
    __m512i sum = _mm512_setzero_si512();
    const int all = kGroups ? kGroups * kLanes : n;
    NACOMP_UNROLL
    for (int i = 0; i < all; i += 16) {
        const __m512i product = _mm512_mullo_epi32(_mm512_load_si512(inputs + i), _mm512_load_si512(row + i));
        sum = _mm512_add_epi32(sum, _mm512_srai_epi32(product, 10));
    }
    return _mm256_add_epi32(_mm512_castsi512_si256(sum), _mm512_extracti64x4_epi64(sum, 1));
}
#else
template <int kGroups> NACOMP_INLINE __m256i weigh(const int32_t* inputs, const int32_t* row, int n) {
    __m256i sum = _mm256_setzero_si256(), sum2 = sum;
    const int all = kGroups ? kGroups * kLanes : n;
    NACOMP_UNROLL
    for (int i = 0; i < all; i += 16) {
        const __m256i* x = reinterpret_cast<const __m256i*>(inputs + i);
        const __m256i* w = reinterpret_cast<const __m256i*>(row + i);
        sum = _mm256_add_epi32(sum, _mm256_srai_epi32(_mm256_mullo_epi32(_mm256_load_si256(x), _mm256_load_si256(w)), 10));
        sum2 = _mm256_add_epi32(
            sum2, _mm256_srai_epi32(_mm256_mullo_epi32(_mm256_load_si256(x + 1), _mm256_load_si256(w + 1)), 10));
    }
    return _mm256_add_epi32(sum, sum2);
}
#endif

template <int kGroups, int kSets>
NACOMP_INLINE void mix_some(const int32_t* inputs, const int32_t* const* rows, int n, int32_t* points) {
    const __m256i zero = _mm256_setzero_si256();
    __m256i part[8];
    NACOMP_UNROLL
    for (int k = 0; k < 8; k++) part[k] = k < kSets ? weigh<kGroups>(inputs, rows[k < kSets ? k : 0], n) : zero;
    // Sums of neighbours until each lane is one set's, in halves of the register.
    const __m256i first = _mm256_hadd_epi32(_mm256_hadd_epi32(part[0], part[1]), _mm256_hadd_epi32(part[2], part[3]));
    const __m256i last =
        kSets > 4 ? _mm256_hadd_epi32(_mm256_hadd_epi32(part[4], part[5]), _mm256_hadd_epi32(part[6], part[7])) : zero;
    const __m256i sums =
        _mm256_add_epi32(_mm256_permute2x128_si256(first, last, 0x20), _mm256_permute2x128_si256(first, last, 0x31));
    const __m256i point =
        _mm256_max_epi32(_mm256_min_epi32(_mm256_srai_epi32(sums, 6), _mm256_set1_epi32(kLimit)), _mm256_set1_epi32(-kLimit));
    _mm256_store_si256(reinterpret_cast<__m256i*>(points), point);
}

template <int kGroups> NACOMP_INLINE void mix_all(const int32_t* inputs, const int32_t* const* rows, int sets, int n, int32_t* points) {
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

void mix(const int32_t* inputs, const int32_t* const* rows, int sets, int n, int32_t* points) {
    switch (n / kLanes) {
        case 1: mix_all<1>(inputs, rows, sets, n, points); break;  // second layers
        case 4: mix_all<4>(inputs, rows, sets, n, points); break;  // the binary profile
        case 6: mix_all<6>(inputs, rows, sets, n, points); break;  // all others
        default: mix_all<0>(inputs, rows, sets, n, points); break;
    }
}

#else

void mix(const int32_t* inputs, const int32_t* const* rows, int sets, int n, int32_t* points) {
    for (int set = 0; set < sets; set++) {
        const int32_t* row = rows[set];
        int32_t sum = 0;
        for (int i = 0; i < n; i++) sum += (inputs[i] * row[i]) >> 10;
        sum >>= 6;
        points[set] = sum > kLimit ? kLimit : sum < -kLimit ? -kLimit : sum;
    }
}

#endif

#if defined(NACOMP_TARGET_AVX512)

template <int kGroups> NACOMP_INLINE void train_row(const int32_t* inputs, int32_t* row, int32_t error, int n) {
    const __m512i half = _mm512_set1_epi32(1 << 15), high = _mm512_set1_epi32(kMaxWeight), low = _mm512_set1_epi32(-kMaxWeight);
    const __m512i all_errors = _mm512_set1_epi32(error);
    const int all = kGroups ? kGroups * kLanes : n;
    NACOMP_UNROLL
    for (int i = 0; i < all; i += 16) {
        const __m512i product = _mm512_mullo_epi32(_mm512_load_si512(inputs + i), all_errors);
        const __m512i sum =
            _mm512_add_epi32(_mm512_load_si512(row + i), _mm512_srai_epi32(_mm512_add_epi32(product, half), 16));
        _mm512_store_si512(row + i, _mm512_max_epi32(_mm512_min_epi32(sum, high), low));
    }
}

template <int kGroups>
NACOMP_INLINE void train_all(const int32_t* inputs, int32_t* const* rows, const int32_t* errors, int sets, int n) {
    for (int set = 0; set < sets; set++)
        if (errors[set] < -kNoError || errors[set] > kNoError) train_row<kGroups>(inputs, rows[set], errors[set], n);
}

void train(const int32_t* inputs, int32_t* const* rows, const int32_t* errors, int sets, int n) {
    switch (n / kLanes) {
        case 1: train_all<1>(inputs, rows, errors, sets, n); break;
        case 4: train_all<4>(inputs, rows, errors, sets, n); break;
        case 6: train_all<6>(inputs, rows, errors, sets, n); break;
        default: train_all<0>(inputs, rows, errors, sets, n); break;
    }
}

#elif defined(NACOMP_TARGET_AVX2)

void train(const int32_t* inputs, int32_t* const* rows, const int32_t* errors, int sets, int n) {
    const __m256i half = _mm256_set1_epi32(1 << 15), high = _mm256_set1_epi32(kMaxWeight), low = _mm256_set1_epi32(-kMaxWeight);
    for (int set = 0; set < sets; set++) {
        if (errors[set] >= -kNoError && errors[set] <= kNoError) continue;
        const __m256i error = _mm256_set1_epi32(errors[set]);
        for (int i = 0; i < n; i += 8) {
            __m256i* w = reinterpret_cast<__m256i*>(rows[set] + i);
            const __m256i x = _mm256_load_si256(reinterpret_cast<const __m256i*>(inputs + i));
            const __m256i step = _mm256_srai_epi32(_mm256_add_epi32(_mm256_mullo_epi32(x, error), half), 16);
            const __m256i sum = _mm256_add_epi32(_mm256_load_si256(w), step);
            _mm256_store_si256(w, _mm256_max_epi32(_mm256_min_epi32(sum, high), low));
        }
    }
}

#else

void train(const int32_t* inputs, int32_t* const* rows, const int32_t* errors, int sets, int n) {
    for (int set = 0; set < sets; set++) {
        const int32_t error = errors[set];
        if (error >= -kNoError && error <= kNoError) continue;
        int32_t* row = rows[set];
        for (int i = 0; i < n; i++) {
            int32_t w = row[i] + ((inputs[i] * error + (1 << 15)) >> 16);
            w = w > kMaxWeight ? kMaxWeight : w;
            row[i] = w < -kMaxWeight ? -kMaxWeight : w;
        }
    }
}

#endif

}  // namespace
}  // namespace nacomp::mixing::NACOMP_TARGET
NACOMP_TARGET_END
