// What a bit's contexts say, and what they learn of it (formats/MIXING.md, sections 3 and 6). Written for vectors of eight and of
// sixteen numbers, and once plainly for every other target.
#pragma once

#include "counters.h"
#include "kernels.h"
#include "native/target.h"

NACOMP_TARGET_BEGIN
namespace nacomp::mixing::NACOMP_TARGET {
namespace {

void hash_slots(const uint32_t* hashes, uint32_t bits, int count, uint32_t* keys) {
    for (int i = 0; i < count; i++) {
        uint32_t hash = hashes[i];
        if (bits) hash = combine(hash, bits);
        keys[i] = hash * 0x9E3779B1u;
    }
}

void learn_nodes_in_turn(const ContextTables& of, const OpenContexts& open, int count, int bit) {
    for (int i = 0; i < count; i++) {
        uint32_t& node = of.nodes[open.places[i]];
        node = Node::learnt(node ^ Node::kNew, static_cast<uint32_t>(bit)) ^ Node::kNew;
    }
}

#if defined(NACOMP_TARGET_AVX2) || defined(NACOMP_TARGET_AVX512)

// Eight numbers of 32 bits.
struct Eight {
    using I = __m256i;
    static constexpr int kCount = 8;
    NACOMP_INLINE static I load(const void* at) { return _mm256_load_si256(static_cast<const I*>(at)); }
    NACOMP_INLINE static void store(void* at, I x) { _mm256_store_si256(static_cast<I*>(at), x); }
    NACOMP_INLINE static I all(uint32_t x) { return _mm256_set1_epi32(static_cast<int>(x)); }
    NACOMP_INLINE static I numbers() { return _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7); }
    NACOMP_INLINE static I add(I a, I b) { return _mm256_add_epi32(a, b); }
    NACOMP_INLINE static I sub(I a, I b) { return _mm256_sub_epi32(a, b); }
    NACOMP_INLINE static I mul(I a, I b) { return _mm256_mullo_epi32(a, b); }
    NACOMP_INLINE static I both(I a, I b) { return _mm256_and_si256(a, b); }
    NACOMP_INLINE static I either(I a, I b) { return _mm256_or_si256(a, b); }
    NACOMP_INLINE static I flip(I a, I b) { return _mm256_xor_si256(a, b); }
    NACOMP_INLINE static I least(I a, I b) { return _mm256_min_epi32(a, b); }
    NACOMP_INLINE static I most(I a, I b) { return _mm256_max_epi32(a, b); }
    template <int kBy> NACOMP_INLINE static I left(I a) { return _mm256_slli_epi32(a, kBy); }
    template <int kBy> NACOMP_INLINE static I right(I a) { return _mm256_srli_epi32(a, kBy); }
    template <int kBy> NACOMP_INLINE static I right_signed(I a) { return _mm256_srai_epi32(a, kBy); }
    using Mask = I;
    NACOMP_INLINE static Mask above(I a, I b) { return _mm256_cmpgt_epi32(a, b); }
    NACOMP_INLINE static Mask both_masks(Mask a, Mask b) { return both(a, b); }
    NACOMP_INLINE static uint32_t bits(Mask mask) { return static_cast<uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(mask))); }
    NACOMP_INLINE static I where(Mask mask, I x) { return both(mask, x); }
    NACOMP_INLINE static I where(Mask mask, I x, I otherwise) { return _mm256_blendv_epi8(otherwise, x, mask); }
    NACOMP_INLINE static I log2_by_lines(I q) { return _mm256_castps_si256(_mm256_cvtepi32_ps(q)); }
    template <int kBytes> NACOMP_INLINE static I look_up(const void* table, I at) {
        return _mm256_i32gather_epi32(static_cast<const int*>(table), at, kBytes);
    }
    NACOMP_INLINE static I look_up16(const uint32_t* table, I at) { return look_up<4>(table, at); }
    // As Counter::reciprocals, whatever way divisions are rounded: no quotient is nearer to the next whole number than 64 units of its
    // last place. Looking up takes 80 operations.
    NACOMP_INLINE static I reciprocals(I n) {
        const __m256 divisors = _mm256_cvtepi32_ps(add(add(n, n), all(3)));
        return _mm256_cvttps_epi32(_mm256_div_ps(_mm256_set1_ps(1 << 17), divisors));
    }
    NACOMP_INLINE static void scatter(uint32_t* table, I at, I values, int count) {
#if defined(NACOMP_TARGET_AVX512)
        _mm256_mask_i32scatter_epi32(table, static_cast<__mmask8>((1u << count) - 1), at, values, 4);
#else
        alignas(32) uint32_t places[kCount], each[kCount];
        store(places, at);
        store(each, values);
        for (int i = 0; i < count; i++) table[places[i]] = each[i];
#endif
    }
};

#if defined(NACOMP_TARGET_AVX512)
// Sixteen of them.
struct Sixteen {
    using I = __m512i;
    static constexpr int kCount = 16;
    NACOMP_INLINE static I load(const void* at) { return _mm512_load_si512(at); }
    NACOMP_INLINE static void store(void* at, I x) { _mm512_store_si512(at, x); }
    NACOMP_INLINE static I all(uint32_t x) { return _mm512_set1_epi32(static_cast<int>(x)); }
    NACOMP_INLINE static I numbers() { return _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15); }
    NACOMP_INLINE static I add(I a, I b) { return _mm512_add_epi32(a, b); }
    NACOMP_INLINE static I sub(I a, I b) { return _mm512_sub_epi32(a, b); }
    NACOMP_INLINE static I mul(I a, I b) { return _mm512_mullo_epi32(a, b); }
    NACOMP_INLINE static I both(I a, I b) { return _mm512_and_si512(a, b); }
    NACOMP_INLINE static I either(I a, I b) { return _mm512_or_si512(a, b); }
    NACOMP_INLINE static I flip(I a, I b) { return _mm512_xor_si512(a, b); }
    NACOMP_INLINE static I least(I a, I b) { return _mm512_min_epi32(a, b); }
    NACOMP_INLINE static I most(I a, I b) { return _mm512_max_epi32(a, b); }
    template <int kBy> NACOMP_INLINE static I left(I a) { return _mm512_slli_epi32(a, kBy); }
    template <int kBy> NACOMP_INLINE static I right(I a) { return _mm512_srli_epi32(a, kBy); }
    template <int kBy> NACOMP_INLINE static I right_signed(I a) { return _mm512_srai_epi32(a, kBy); }
    using Mask = __mmask16;
    NACOMP_INLINE static Mask above(I a, I b) { return _mm512_cmpgt_epi32_mask(a, b); }
    NACOMP_INLINE static Mask both_masks(Mask a, Mask b) { return static_cast<Mask>(a & b); }
    NACOMP_INLINE static uint32_t bits(Mask mask) { return mask; }
    NACOMP_INLINE static I where(Mask mask, I x) { return _mm512_maskz_mov_epi32(mask, x); }
    NACOMP_INLINE static I where(Mask mask, I x, I otherwise) { return _mm512_mask_mov_epi32(otherwise, mask, x); }
    NACOMP_INLINE static I log2_by_lines(I q) { return _mm512_castps_si512(_mm512_cvtepi32_ps(q)); }
    template <int kBytes> NACOMP_INLINE static I look_up(const void* table, I at) {
        return _mm512_i32gather_epi32(at, table, kBytes);
    }
    NACOMP_INLINE static I look_up16(const uint32_t* table, I at) { return _mm512_permutexvar_epi32(at, _mm512_loadu_si512(table)); }
    NACOMP_INLINE static I reciprocals(I n) {
        const __m512 divisors = _mm512_cvtepi32_ps(add(add(n, n), all(3)));
        return _mm512_cvttps_epi32(_mm512_div_ps(_mm512_set1_ps(1 << 17), divisors));
    }
    // No two of them are the same place.
    NACOMP_INLINE static void scatter(uint32_t* table, I at, I values, int count) {
        _mm512_mask_i32scatter_epi32(table, static_cast<__mmask16>((1u << count) - 1), at, values, 4);
    }
};
#endif

// As `odds` of arithmetic.h.
template <class V, int kOfBits> NACOMP_INLINE typename V::I odds_of(typename V::I p) {
    const typename V::I twice = V::add(p, p);
    const typename V::I one = V::log2_by_lines(V::add(twice, V::all(1)));
    const typename V::I zero = V::log2_by_lines(V::sub(V::all((2u << kOfBits) - 1), twice));
    const typename V::I difference = V::template right_signed<kOddsDropped>(V::sub(one, zero));
    return V::template right_signed<kOddsShift>(V::mul(difference, V::all(kOddsFactor)));
}

// The contexts from number i on, as many as V has numbers; gives a bit for each that was seen.
template <class V>
NACOMP_INLINE uint32_t predict_some(const ContextTables& of, OpenContexts& open, const uint32_t* slots, uint32_t at, int i, int count,
                                    typename V::I (&said)[kPerContext]) {
    using I = typename V::I;
    const I zero = V::all(0), numbers = V::add(V::numbers(), V::all(static_cast<uint32_t>(i)));
    const auto real = V::above(V::all(static_cast<uint32_t>(count)), numbers);
    const I first = V::where(real, V::template left<10>(numbers));  // of this context's classes
    const I places = V::add(V::load(slots + i), V::all(at));
    const I node = V::flip(V::template look_up<4>(of.nodes, places), V::all(Node::kNew));
    const I times = V::both(node, V::all(15));
    const auto known = V::both_masks(V::above(times, zero), real);
    const I x = odds_of<V, 12>(V::both(V::template right<4>(node), V::all(4095)));
    const I level = V::template right<6>(V::least(V::most(V::add(x, V::all(2048)), zero), V::all(4095)));
    const I states = V::add(first, V::either(V::template left<4>(level), times));
    const I seen = V::either(V::template left<2>(V::template right<16>(node)), V::template right<2>(times));
    const I pasts = V::add(first, V::both(seen, V::all(kClasses - 1)));
    const I state = V::template look_up<4>(of.state, states), past = V::template look_up<4>(of.past, pasts);
    V::store(open.places + i, places);
    V::store(open.nodes + i, node);
    V::store(open.states + i, states);
    V::store(open.pasts + i, pasts);
    V::store(open.state + i, state);
    V::store(open.past + i, past);
    const I p = V::template right<20>(state), away = V::sub(p, V::all(2048));
    const I all[kPerContext] = {x, odds_of<V, 16>(V::template right<16>(state)),
                                V::template right_signed<1>(V::add(away, V::template right<31>(away))),
                                odds_of<V, 16>(V::template right<16>(past))};
    for (int k = 0; k < kPerContext; k++) said[k] = V::either(V::where(known, all[k]), V::load(open.spare[k] + i));
    return V::bits(known) << i;
}

// Counters learn the bit whose mask is `ones`: all bits for a 1, none for a 0.
template <class V> NACOMP_INLINE typename V::I learnt_counters(typename V::I counters, typename V::I ones) {
    using I = typename V::I;
    const I flip = V::both(ones, V::all(kOne - 1)), n = V::both(counters, V::all(1023));
    const I wrong = V::flip(V::template right<10>(counters), flip);
    const I product = V::mul(V::template right<7>(wrong), V::reciprocals(n));
    const I left = V::sub(wrong, V::template right<9>(product));
    // n grows up to the limit; none is above it.
    return V::either(V::template left<10>(V::flip(left, flip)), V::least(V::add(n, V::all(1)), V::all(kContextLimit)));
}

template <class V> NACOMP_INLINE typename V::I learnt_nodes(typename V::I node, typename V::I ones) {
    using I = typename V::I;
    const I flip = V::both(ones, V::all(4095)), n = V::both(node, V::all(15));
    const I wrong = V::flip(V::both(V::template right<4>(node), V::all(4095)), flip);
    const I product = V::mul(wrong, V::look_up16(Node::kRates, n));
    const I p = V::flip(V::sub(wrong, V::template right<16>(V::add(product, V::all(1 << 15)))), flip);
    const auto surprised = V::both_masks(V::above(wrong, V::all(Node::kSurprise)), V::above(n, V::all(Node::kAfterSurprise)));
    const I times = V::where(surprised, V::all(Node::kAfterSurprise), V::least(V::add(n, V::all(1)), V::all(15)));
    // The oldest of eight bits goes: bit 8 set means that bit 7 is the leading 1 now.
    const I longer = V::sub(V::template left<1>(V::template right<16>(node)), ones);
    const I past = V::where(V::above(longer, V::all(255)), V::either(V::both(longer, V::all(127)), V::all(128)), longer);
    return V::either(V::either(V::template left<16>(past), V::template left<4>(p)), times);
}

template <class V>
NACOMP_INLINE void learn_some(const ContextTables& of, OpenContexts& open, int i, int count, typename V::I ones, bool shared) {
    const int here = count - i < V::kCount ? count - i : V::kCount;
    V::scatter(of.state, V::load(open.states + i), learnt_counters<V>(V::load(open.state + i), ones), here);
    V::scatter(of.past, V::load(open.pasts + i), learnt_counters<V>(V::load(open.past + i), ones), here);
    if (shared) return;
    const typename V::I nodes = learnt_nodes<V>(V::load(open.nodes + i), ones);
    V::scatter(of.nodes, V::load(open.places + i), V::flip(nodes, V::all(Node::kNew)), here);
}

// Sixteen numbers of 16 bits from twice eight of 32, in their order; they fit.
NACOMP_INLINE void store_both(int16_t* at, __m256i first, __m256i second) {
    const __m256i both = _mm256_permute4x64_epi64(_mm256_packs_epi32(first, second), 0xD8);
    _mm256_store_si256(reinterpret_cast<__m256i*>(at), both);
}

// The first sixteen contexts: in vectors as wide as those that the mixer reads, which otherwise wait for both halves.
NACOMP_INLINE uint32_t predict_sixteen(const ContextTables& of, OpenContexts& open, const uint32_t* slots, uint32_t at, int count,
                                       int16_t* inputs) {
#if defined(NACOMP_TARGET_AVX512)
    __m512i said[kPerContext];
    const uint32_t seen = predict_some<Sixteen>(of, open, slots, at, 0, count, said);
    for (int k = 0; k < kPerContext; k += 2)
        _mm512_store_si512(inputs + place_of(k, 0), _mm512_inserti64x4(_mm512_castsi256_si512(_mm512_cvtepi32_epi16(said[k])),
                                                                       _mm512_cvtepi32_epi16(said[k + 1]), 1));
    return seen;
#else
    __m256i low[kPerContext], high[kPerContext];
    const uint32_t seen = predict_some<Eight>(of, open, slots, at, 0, count, low);
    const uint32_t seen_too = predict_some<Eight>(of, open, slots, at, 8, count, high);
    for (int k = 0; k < kPerContext; k++) store_both(inputs + place_of(k, 0), low[k], high[k]);
    return seen | seen_too;
#endif
}

uint32_t predict_contexts(const ContextTables& of, OpenContexts& open, const uint32_t* slots, uint32_t at, int count, int16_t* inputs) {
    const uint32_t seen = predict_sixteen(of, open, slots, at, count, inputs);
    if (count <= 16) return seen;
    __m256i said[kPerContext];
    const uint32_t seen_too = predict_some<Eight>(of, open, slots, at, 16, count, said);
    store_both(inputs + place_of(0, 16), said[0], said[1]);
    store_both(inputs + place_of(2, 16), said[2], said[3]);
    return seen | seen_too;
}

void learn_contexts(const ContextTables& of, OpenContexts& open, int count, int bit, bool shared) {
    const int lanes = (count + kContextLanes - 1) / kContextLanes * kContextLanes;
    const uint32_t ones = bit ? ~0u : 0u;
    int i = 0;
#if defined(NACOMP_TARGET_AVX512)
    for (; i + Sixteen::kCount <= lanes; i += Sixteen::kCount) learn_some<Sixteen>(of, open, i, count, Sixteen::all(ones), shared);
#endif
    for (; i < lanes; i += Eight::kCount) learn_some<Eight>(of, open, i, count, Eight::all(ones), shared);
    if (shared) learn_nodes_in_turn(of, open, count, bit);
}

#else

uint32_t predict_contexts(const ContextTables& of, OpenContexts& open, const uint32_t* slots, uint32_t at, int count, int16_t* inputs) {
    const int lanes = (count + kContextLanes - 1) / kContextLanes * kContextLanes;
    uint32_t all_seen = 0;
    const auto put = [&](int input, int context, int32_t value) { inputs[place_of(input, context)] = static_cast<int16_t>(value); };
    for (int i = 0; i < count; i++) {
        open.places[i] = slots[i] + at;
        const uint32_t node = of.nodes[open.places[i]] ^ Node::kNew, times = Node::seen(node);
        const int x = odds<12>(Node::p(node));
        const int level = x < -2048 ? 0 : x > 2047 ? 4095 >> 6 : (x + 2048) >> 6;
        const uint32_t first = static_cast<uint32_t>(i) * kClasses;
        open.states[i] = first + (static_cast<uint32_t>(level) << 4) + times;
        open.pasts[i] = first + Node::past(node) * 4 + (times >> 2);
        const uint32_t p = Counter::p(of.state[open.states[i]]);
        const int32_t known = times ? -1 : 0;
        put(0, i, known & x);
        put(1, i, known & odds<16>(p >> 6));
        put(2, i, known & ((static_cast<int32_t>(p >> 10) - 2048) / 2));
        put(3, i, known & odds<16>(Counter::p(of.past[open.pasts[i]]) >> 6));
        all_seen |= (times ? 1u : 0u) << i;
    }
    for (int k = 0; k < kPerContext; k++)
        for (int i = count; i < lanes; i++) put(k, i, open.spare[k][i]);
    return all_seen;
}

void learn_contexts(const ContextTables& of, OpenContexts& open, int count, int bit, bool) {
    learn_nodes_in_turn(of, open, count, bit);
    for (int i = 0; i < count; i++) {
        uint32_t& state = of.state[open.states[i]];
        state = Counter::learnt(state, bit, kContextLimit);
        uint32_t& past = of.past[open.pasts[i]];
        past = Counter::learnt(past, bit, kContextLimit);
    }
}

#endif

}  // namespace
}  // namespace nacomp::mixing::NACOMP_TARGET
NACOMP_TARGET_END
