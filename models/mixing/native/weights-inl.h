// The sums over weighted inputs, and what the weights learn.
#pragma once

#include "arithmetic.h"
#include "kernels.h"
#include "native/target.h"

NACOMP_TARGET_BEGIN
namespace nacomp::mixing::NACOMP_TARGET {
namespace {

#if defined(NACOMP_TARGET_AVX2) || defined(NACOMP_TARGET_AVX512)

// Eight partial sums of a row.
#if defined(NACOMP_TARGET_AVX512)
NACOMP_INLINE __m256i weigh(const int32_t* inputs, const int32_t* row, int n) {
    __m512i sum = _mm512_setzero_si512();
    for (int i = 0; i < n; i += 16) {
        const __m512i product = _mm512_mullo_epi32(_mm512_load_si512(inputs + i), _mm512_load_si512(row + i));
        sum = _mm512_add_epi32(sum, _mm512_srai_epi32(product, 10));
    }
    return _mm256_add_epi32(_mm512_castsi512_si256(sum), _mm512_extracti64x4_epi64(sum, 1));
}
#else
NACOMP_INLINE __m256i weigh(const int32_t* inputs, const int32_t* row, int n) {
    __m256i sum = _mm256_setzero_si256(), sum2 = sum;
    for (int i = 0; i < n; i += 16) {
        const __m256i* x = reinterpret_cast<const __m256i*>(inputs + i);
        const __m256i* w = reinterpret_cast<const __m256i*>(row + i);
        sum = _mm256_add_epi32(sum, _mm256_srai_epi32(_mm256_mullo_epi32(_mm256_load_si256(x), _mm256_load_si256(w)), 10));
        sum2 = _mm256_add_epi32(
            sum2, _mm256_srai_epi32(_mm256_mullo_epi32(_mm256_load_si256(x + 1), _mm256_load_si256(w + 1)), 10));
    }
    return _mm256_add_epi32(sum, sum2);
}
#endif

void mix(const int32_t* inputs, const int32_t* const* rows, int sets, int n, int32_t* points) {
    const __m256i high = _mm256_set1_epi32(kLimit), low = _mm256_set1_epi32(-kLimit);
    for (int set = 0; set < sets; set += 8) {
        __m256i part[8];
        for (int k = 0; k < 8; k++) part[k] = set + k < sets ? weigh(inputs, rows[set + k], n) : _mm256_setzero_si256();
        // Sums of neighbours until each lane is one set's, in halves of the register.
        const __m256i first = _mm256_hadd_epi32(_mm256_hadd_epi32(part[0], part[1]), _mm256_hadd_epi32(part[2], part[3]));
        const __m256i last = _mm256_hadd_epi32(_mm256_hadd_epi32(part[4], part[5]), _mm256_hadd_epi32(part[6], part[7]));
        const __m256i sums =
            _mm256_add_epi32(_mm256_permute2x128_si256(first, last, 0x20), _mm256_permute2x128_si256(first, last, 0x31));
        const __m256i point = _mm256_max_epi32(_mm256_min_epi32(_mm256_srai_epi32(sums, 6), high), low);
        _mm256_store_si256(reinterpret_cast<__m256i*>(points + set), point);
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

void train(const int32_t* inputs, int32_t* const* rows, const int32_t* errors, int sets, int n) {
    const __m512i half = _mm512_set1_epi32(1 << 15), high = _mm512_set1_epi32(kMaxWeight), low = _mm512_set1_epi32(-kMaxWeight);
    for (int set = 0; set < sets; set++) {
        if (errors[set] >= -kNoError && errors[set] <= kNoError) continue;
        const __m512i error = _mm512_set1_epi32(errors[set]);
        for (int i = 0; i < n; i += 16) {
            const __m512i product = _mm512_mullo_epi32(_mm512_load_si512(inputs + i), error);
            const __m512i sum = _mm512_add_epi32(_mm512_load_si512(rows[set] + i),
                                                 _mm512_srai_epi32(_mm512_add_epi32(product, half), 16));
            _mm512_store_si512(rows[set] + i, _mm512_max_epi32(_mm512_min_epi32(sum, high), low));
        }
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
