// What a bit's contexts say, and what they learn of it (formats/MIXING.md, sections 3 and 6). Written for eight lanes of AVX2, which
// AVX-512 shares, and once plainly for every other target. Sixteen lanes have not been tried.
#pragma once

#include "counters.h"
#include "kernels.h"
#include "native/target.h"

NACOMP_TARGET_BEGIN
namespace nacomp::mixing::NACOMP_TARGET {
namespace {

#if defined(NACOMP_TARGET_AVX2) || defined(NACOMP_TARGET_AVX512)

using I8 = __m256i;

NACOMP_INLINE I8 load8(const void* at) { return _mm256_load_si256(static_cast<const __m256i*>(at)); }
NACOMP_INLINE void store8(void* at, I8 x) { _mm256_store_si256(static_cast<__m256i*>(at), x); }
NACOMP_INLINE I8 all8(uint32_t x) { return _mm256_set1_epi32(static_cast<int>(x)); }
NACOMP_INLINE I8 look_up8(const uint32_t* table, I8 at) {
    return _mm256_i32gather_epi32(reinterpret_cast<const int*>(table), at, 4);
}
// The logistic domain's points of probabilities of 12 bits.
NACOMP_INLINE I8 stretch8(I8 p) {
    const I8 pairs = _mm256_i32gather_epi32(reinterpret_cast<const int*>(tables.stretch), p, 2);
    return _mm256_srai_epi32(_mm256_slli_epi32(pairs, 16), 16);
}

uint32_t predict_contexts(const ContextTables& of, OpenContexts& open, const uint32_t* slots, uint32_t at, int count, int32_t* inputs) {
    const int lanes = (count + kContextLanes - 1) / kContextLanes * kContextLanes;
    const I8 zero = _mm256_setzero_si256(), one = all8(1);
    I8 numbers = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    uint32_t all_seen = 0;
    for (int i = 0; i < lanes; i += kContextLanes) {
        const I8 places = _mm256_add_epi32(load8(slots + i), all8(at));
        const I8 node = _mm256_xor_si256(look_up8(of.nodes, places), all8(Node::kNew));
        const I8 times = _mm256_and_si256(node, all8(15));
        const I8 real = _mm256_cmpgt_epi32(all8(static_cast<uint32_t>(count)), numbers);
        const I8 known = _mm256_and_si256(_mm256_cmpgt_epi32(times, zero), real);
        const I8 first = _mm256_and_si256(_mm256_slli_epi32(numbers, 10), _mm256_slli_epi32(real, 10));  // of this context's classes
        const I8 x = stretch8(_mm256_and_si256(_mm256_srli_epi32(node, 4), all8(4095)));
        const I8 level = _mm256_srli_epi32(
            _mm256_min_epi32(_mm256_max_epi32(_mm256_add_epi32(x, all8(2048)), zero), all8(4095)), 6);
        const I8 states = _mm256_add_epi32(first, _mm256_or_si256(_mm256_slli_epi32(level, 4), times));
        const I8 pasts = _mm256_add_epi32(
            first, _mm256_and_si256(_mm256_or_si256(_mm256_slli_epi32(_mm256_srli_epi32(node, 16), 2), _mm256_srli_epi32(times, 2)),
                                    all8(kClasses - 1)));
        const I8 state = look_up8(of.state, states), past = look_up8(of.past, pasts);
        store8(open.places + i, places);
        store8(open.nodes + i, node);
        store8(open.states + i, states);
        store8(open.pasts + i, pasts);
        store8(open.state + i, state);
        store8(open.past + i, past);
        const I8 p = _mm256_srli_epi32(state, 20), away = _mm256_sub_epi32(p, all8(2048));
        I8 said[kPerContext];
        said[0] = x;
        said[1] = stretch8(p);
        said[2] = _mm256_srai_epi32(_mm256_add_epi32(away, _mm256_srli_epi32(away, 31)), 1);
        said[3] = stretch8(_mm256_srli_epi32(past, 20));
        for (int k = 0; k < kPerContext; k++) {
            I8 value = _mm256_and_si256(said[k], known);
            if (i + kContextLanes == lanes) value = _mm256_or_si256(value, load8(open.spare[k]));
            store8(inputs + k * lanes + i, value);
        }
        all_seen |= static_cast<uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(known))) << i;
        numbers = _mm256_add_epi32(numbers, _mm256_slli_epi32(one, 3));
    }
    return all_seen;
}

// Counters learn the bit whose mask is `ones`: all bits for a 1, none for a 0.
NACOMP_INLINE I8 learnt_counters(I8 counters, I8 ones) {
    const I8 flip = _mm256_and_si256(ones, all8(kOne - 1)), n = _mm256_and_si256(counters, all8(1023));
    const I8 wrong = _mm256_xor_si256(_mm256_srli_epi32(counters, 10), flip);
    const I8 product = _mm256_mullo_epi32(_mm256_srli_epi32(wrong, 7), look_up8(Counter::reciprocals.of, n));
    const I8 left = _mm256_sub_epi32(wrong, _mm256_srli_epi32(product, 9));
    const I8 grows = _mm256_cmpgt_epi32(all8(kContextLimit), n);  // -1
    return _mm256_or_si256(_mm256_slli_epi32(_mm256_xor_si256(left, flip), 10), _mm256_sub_epi32(n, grows));
}

NACOMP_INLINE I8 learnt_nodes(I8 node, I8 ones) {
    const I8 flip = _mm256_and_si256(ones, all8(4095)), n = _mm256_and_si256(node, all8(15));
    const I8 wrong = _mm256_xor_si256(_mm256_and_si256(_mm256_srli_epi32(node, 4), all8(4095)), flip);
    const I8 product = _mm256_mullo_epi32(wrong, look_up8(Node::kRates, n));
    const I8 p = _mm256_xor_si256(_mm256_sub_epi32(wrong, _mm256_srli_epi32(_mm256_add_epi32(product, all8(1 << 15)), 16)), flip);
    const I8 surprised = _mm256_and_si256(_mm256_cmpgt_epi32(wrong, all8(Node::kSurprise)),
                                          _mm256_cmpgt_epi32(n, all8(Node::kAfterSurprise)));
    const I8 more = _mm256_min_epi32(_mm256_add_epi32(n, all8(1)), all8(15));
    const I8 times = _mm256_blendv_epi8(more, all8(Node::kAfterSurprise), surprised);
    // The oldest of eight bits goes: bit 8 set means that bit 7 is the leading 1 now.
    I8 past = _mm256_sub_epi32(_mm256_slli_epi32(_mm256_srli_epi32(node, 16), 1), ones);
    const I8 over = _mm256_cmpgt_epi32(past, all8(255));
    past = _mm256_blendv_epi8(past, _mm256_or_si256(_mm256_and_si256(past, all8(127)), all8(128)), over);
    return _mm256_or_si256(_mm256_or_si256(_mm256_slli_epi32(past, 16), _mm256_slli_epi32(p, 4)), times);
}

void learn_contexts(const ContextTables& of, OpenContexts& open, int count, int bit) {
    const I8 ones = all8(bit ? ~0u : 0u);
    for (int i = 0; i < count; i += kContextLanes) {
        store8(open.nodes + i, _mm256_xor_si256(learnt_nodes(load8(open.nodes + i), ones), all8(Node::kNew)));
        store8(open.state + i, learnt_counters(load8(open.state + i), ones));
        store8(open.past + i, learnt_counters(load8(open.past + i), ones));
    }
    for (int i = 0; i < count; i++) {
        of.nodes[open.places[i]] = open.nodes[i];
        of.state[open.states[i]] = open.state[i];
        of.past[open.pasts[i]] = open.past[i];
    }
}

#else

uint32_t predict_contexts(const ContextTables& of, OpenContexts& open, const uint32_t* slots, uint32_t at, int count, int32_t* inputs) {
    const int lanes = (count + kContextLanes - 1) / kContextLanes * kContextLanes;
    uint32_t all_seen = 0;
    for (int i = 0; i < count; i++) {
        open.places[i] = slots[i] + at;
        const uint32_t node = of.nodes[open.places[i]] ^ Node::kNew, times = Node::seen(node);
        const int x = stretch12(Node::p(node));
        const int level = x < -2048 ? 0 : x > 2047 ? 4095 >> 6 : (x + 2048) >> 6;
        const uint32_t first = static_cast<uint32_t>(i) * kClasses;
        open.states[i] = first + (static_cast<uint32_t>(level) << 4) + times;
        open.pasts[i] = first + Node::past(node) * 4 + (times >> 2);
        const uint32_t p = Counter::p(of.state[open.states[i]]);
        const int32_t known = times ? -1 : 0;
        inputs[i] = known & x;
        inputs[lanes + i] = known & stretch(p);
        inputs[2 * lanes + i] = known & ((static_cast<int32_t>(p >> 10) - 2048) / 2);
        inputs[3 * lanes + i] = known & stretch(Counter::p(of.past[open.pasts[i]]));
        all_seen |= (times ? 1u : 0u) << i;
    }
    for (int k = 0; k < kPerContext; k++)
        for (int i = count; i < lanes; i++) inputs[k * lanes + i] = open.spare[k][i % kContextLanes];
    return all_seen;
}

void learn_contexts(const ContextTables& of, OpenContexts& open, int count, int bit) { learn_shared(of, open, count, bit); }

#endif

}  // namespace
}  // namespace nacomp::mixing::NACOMP_TARGET
NACOMP_TARGET_END
