// Which groups of four positions have any weight.
#pragma once

#include <cstring>

#include "dot-inl.h"

NACOMP_TARGET_BEGIN
namespace nacomp::exact::NACOMP_TARGET {
using namespace nacomp::NACOMP_TARGET;
namespace {

// Groups [begin, end) in which any of R heads has a weight; begin and end are multiples of 4. May write up to 16 words past
// the returned count.
#if defined(NACOMP_TARGET_AVX512VNNI)  // has a compressing store
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
#else
template <int R>
inline int collect_groups(const WElem* w, int slots, int begin, int end, uint32_t* groups) {
    int count = 0;
    for (int g = begin; g < end; g++) {
        uint64_t any = 0;
        NACOMP_UNROLL
        for (int r = 0; r < R; r++) {
            uint64_t four = 0;
            memcpy(&four, w + static_cast<size_t>(r) * slots + g * 4, 4 * sizeof(WElem));
            any |= four;
        }
        groups[count] = g;
        count += any != 0;
    }
    return count;
}
#endif

}  // namespace
}  // namespace nacomp::exact::NACOMP_TARGET
NACOMP_TARGET_END
