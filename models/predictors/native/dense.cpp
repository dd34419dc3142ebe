// One source for every instruction set: the loops below are elementwise IEEE operations and integer sums, so the compiler may
// use vectors of any width without changing a bit. Each body is compiled once per target and chosen at run time.
#include "dense.h"

#include <cmath>
#include <cstring>
#include <initializer_list>

#include "arithmetic.h"

#if defined(__GNUC__) && (defined(__x86_64__) || defined(__i386__))
#define NACOMP_X86 1
#endif

namespace nacomp {
namespace {

constexpr std::size_t kLanes = 16;

// NUMERICS.md section 3, for x <= 0.
NACOMP_INLINE float exp32(float x) {
    const float bounded = x < -87.0f ? -87.0f : x;
    const float n = std::nearbyint(bounded * 1.44269504f);
    float r = bounded - n * 0.693359375f;
    r = r - n * -2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = (p * (r * r)) + r;
    p = p + 1.0f;
    const std::int32_t bits = (static_cast<std::int32_t>(n) + 127) << 23;
    float power;
    std::memcpy(&power, &bits, 4);
    const float result = p * power;
    return x < -87.0f ? 0.0f : result;
}

// Floats compared as integers in the same order: compilers vectorise integer maxima, but not float ones.
NACOMP_INLINE std::int32_t order_key(std::int32_t bits) { return bits ^ ((bits >> 31) & 0x7fffffff); }

NACOMP_INLINE bool highest_body(const float* logits, const float* bias, std::size_t pages, float* top) {
    std::int32_t best = INT32_MIN, largest = 0;
    for (std::size_t i = 0; i < pages * kPage; ++i) {
        const float s = logits[i] + bias[i];
        std::int32_t bits, magnitude;
        std::memcpy(&bits, &s, 4);
        std::memcpy(&magnitude, &logits[i], 4);
        magnitude &= 0x7fffffff;
        const std::int32_t key = order_key(bits);
        best = key > best ? key : best;
        largest = magnitude > largest ? magnitude : largest;
    }
    const std::int32_t bits = order_key(best);
    std::memcpy(top, &bits, 4);
    return largest < 0x7f800000;  // infinities and NaN are the largest bit patterns
}

NACOMP_INLINE void weigh_body(const float* logits, const float* bias, float top, std::uint32_t* weights,
                              std::int64_t* sums, std::uint32_t* highs, std::size_t pages) {
    for (std::size_t page = 0; page < pages; ++page) {
        const float* z = logits + page * kPage;
        const float* b = bias + page * kPage;
        std::uint32_t* w = weights + page * kPage;
        std::uint32_t lanes[kLanes] = {};  // each sums 16 weights <= 2^26 + 1
        std::int32_t tops[kLanes] = {};
        for (std::size_t i = 0; i < kPage; i += kLanes) {
            for (std::size_t j = 0; j < kLanes; ++j) {
                const float e = exp32((z[i + j] + b[i + j]) - top);
                const auto weight = static_cast<std::int32_t>(std::nearbyint(e * kOne)) + 1;
                w[i + j] = static_cast<std::uint32_t>(weight);
                lanes[j] += static_cast<std::uint32_t>(weight);
                tops[j] = weight > tops[j] ? weight : tops[j];
            }
        }
        std::int64_t sum = 0;
        for (std::uint32_t lane : lanes) sum += lane;
        sums[page] = sum;
        std::int32_t high = 0;
        for (std::int32_t top_lane : tops) high = top_lane > high ? top_lane : high;
        highs[page] = static_cast<std::uint32_t>(high);
    }
}

NACOMP_INLINE void exponentials_body(double* x, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) x[i] = exp64(x[i]);
}

#define NACOMP_VERSION(NAME, TARGET)                                                                          \
    TARGET bool highest_##NAME(const float* z, const float* b, std::size_t n, float* top) {                     \
        return highest_body(z, b, n, top);                                                                    \
    }                                                                                                         \
    TARGET void weigh_##NAME(const float* z, const float* b, float top, std::uint32_t* w, std::int64_t* s,      \
                             std::uint32_t* h, std::size_t n) {                                               \
        weigh_body(z, b, top, w, s, h, n);                                                                    \
    }                                                                                                         \
    TARGET void exponentials_##NAME(double* x, std::size_t n) { exponentials_body(x, n); }                     \
    const DenseKernel kernel_##NAME = {#NAME, highest_##NAME, weigh_##NAME, exponentials_##NAME};

NACOMP_VERSION(plain, )
#ifdef NACOMP_X86
NACOMP_VERSION(avx2, __attribute__((target("avx2"))))
NACOMP_VERSION(avx512, __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,prefer-vector-width=512"))))
#endif

}  // namespace

const DenseKernel* dense_kernel(const char* name) {
    if (std::strcmp(name, "plain") == 0) return &kernel_plain;
#ifdef NACOMP_X86
    if (std::strcmp(name, "avx2") == 0 && __builtin_cpu_supports("avx2")) return &kernel_avx2;
    if (std::strcmp(name, "avx512") == 0 && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
        return &kernel_avx512;
#endif
    return nullptr;
}

const DenseKernel& dense_kernel() {
    for (const char* name : {"avx512", "avx2"})
        if (const DenseKernel* kernel = dense_kernel(name)) return *kernel;
    return kernel_plain;
}

}  // namespace nacomp
