#include "model.h"

#include <algorithm>

namespace nacomp::codecs {
namespace {

constexpr std::array<std::uint16_t, 8> kFirstChances = {0x3cdd, 0x1f3f, 0x59bf, 0x48f3, 0x64a1, 0x5abc, 0x6632, 0x6051};
constexpr std::array<std::uint8_t, 16> kEscapes = {25, 14, 9, 7, 5, 5, 4, 4, 4, 3, 3, 3, 2, 2, 2, 2};
constexpr unsigned kOne = 1u << kChanceBits;

// Of a number of symbols, less 1: 0, 1, 2, then runs that grow.
struct Classes {
    std::array<std::uint8_t, 256> of{};

    constexpr Classes() {
        int value = 0, left = 1;
        for (int i = 0; i < 256; ++i) {
            of[i] = static_cast<std::uint8_t>(value);
            if (i < 3) {
                ++value;
            } else if (--left == 0) {
                ++value;
                left = value - 2;
            }
        }
    }
};
constexpr Classes kClasses;
static_assert(kClasses.of[255] == 24, "escapes_ has a row for each");

// Groups of how many symbols a suffix knows.
unsigned group(unsigned count) { return count <= 2 ? 2 * (count - 1) : count <= 11 ? 4 : 6; }

unsigned high(std::uint8_t symbol) { return symbol >= 64 ? 8 : 0; }

}  // namespace

Model::Model(int order, std::uint32_t memory) : arena_(memory), order_(order) { restart(); }

// A context that knows every symbol, and nothing else.
void Model::restart() {
    arena_.clear();
    fall_ = order_;
    run_ = usual_run_ = -std::min(order_, 12) - 1;
    success_ = 0;
    least_ = most_ = arena_.context();
    found_ = arena_.units(kMostUnits);
    set_count(least_, 256);
    set_total(least_, 257);
    set_states(least_, found_);
    set_suffix(least_, 0);
    for (unsigned i = 0; i < 256; ++i) set_state(found_ + i * kState, static_cast<std::uint8_t>(i), 1, 0);
    for (unsigned i = 0; i < chances_.size(); ++i)
        for (unsigned k = 0; k < 64; ++k) chances_[i][k] = static_cast<std::uint16_t>(kOne - kFirstChances[k % 8] / (i + 2));
    for (unsigned i = 0; i < escapes_.size(); ++i) escapes_[i].fill({static_cast<std::uint16_t>((5 * i + 10) << 3), 3, 4});
}

template <class Coder>
std::uint8_t Model::code(Coder& coder) {
    if (count(least_) == 1 ? try_only(coder) : try_first(coder)) return coded_;
    while (!try_below(coder)) continue;
    return coded_;
}

template std::uint8_t Model::code(RangeEncoder&);
template std::uint8_t Model::code(RangeDecoder&);

// In a context of one symbol.
template <class Coder>
bool Model::try_only(Coder& coder) {
    const Ref state = only_state(least_);
    std::uint16_t& chance = chance_of_only();
    const unsigned mean = (chance + 32u) >> 7;
    if (coder.is_it(symbol(state), chance)) {
        chance = static_cast<std::uint16_t>(chance + 128 - mean);
        found_ = state;
        coded_ = symbol(state);
        set_frequency(state, frequency(state) + (frequency(state) < 128));
        success_ = 1;
        ++run_;
        next();
        return true;
    }
    chance = static_cast<std::uint16_t>(chance - mean);
    first_escapes_ = kEscapes[chance >> 10];
    success_ = 0;
    ++round_;
    mask(state);
    return false;
}

std::uint16_t& Model::chance_of_only() {
    const Ref state = only_state(least_);
    high_bits_ = high(symbol(found_));
    const unsigned place = success_ + group(count(suffix(least_))) + high_bits_ + 2 * high(symbol(state)) + (run_ < 0 ? 32 : 0);
    return chances_[frequency(state) - 1][place];
}

// In the first context, of several symbols.
template <class Coder>
bool Model::try_first(Coder& coder) {
    const Ref first = states(least_), end = first + count(least_) * kState;
    const unsigned whole = total(least_);
    coder.open(whole);
    unsigned below = 0;
    for (Ref state = first; state != end; state += kState) {
        const unsigned own = frequency(state);
        if (coder.is_here(symbol(state), below + own)) {
            coder.take(below, own);
            found_ = state;
            coded_ = symbol(state);
            learn_first(state == first);
            return true;
        }
        below += own;
    }
    coder.take(below, whole - below);
    success_ = 0;
    high_bits_ = high(symbol(found_));
    ++round_;
    for (Ref state = first; state != end; state += kState) mask(state);
    return false;
}

// In the next context that knows more than what is masked.
template <class Coder>
bool Model::try_below(Coder& coder) {
    const unsigned masked = count(least_);
    do {
        ++fall_;
        least_ = suffix(least_);
        if (least_ == 0) throw Corrupt("it has an end mark");
    } while (count(least_) == masked);

    std::array<Ref, 256> left;
    unsigned number = 0;
    std::uint32_t sum = 0;
    const Ref first = states(least_), end = first + count(least_) * kState;
    for (Ref state = first; state != end; state += kState) {
        if (masked_[symbol(state)] == round_) continue;
        left[number++] = state;
        sum += frequency(state);
    }
    std::uint32_t escaping = 0;
    Escape& estimate = escape(masked, escaping);
    coder.open(sum + escaping);
    std::uint32_t below = 0;
    for (unsigned i = 0; i < number; ++i) {
        const unsigned own = frequency(left[i]);
        if (coder.is_here(symbol(left[i]), below + own)) {
            coder.take(below, own);
            estimate.learn();
            found_ = left[i];
            coded_ = symbol(found_);
            learn_below();
            return true;
        }
        below += own;
    }
    coder.take(sum, escaping);
    estimate.sum = static_cast<std::uint16_t>(estimate.sum + sum + escaping);
    for (unsigned i = 0; i < number; ++i) mask(left[i]);
    return false;
}

// The estimate for the context at hand, and the frequency that it gives an escape.
Model::Escape& Model::escape(unsigned masked, std::uint32_t& frequency) {
    const unsigned known = count(least_);
    if (known == 256) {
        frequency = 1;
        return of_all_;
    }
    const unsigned left = known - masked;
    const unsigned place = (left < count(suffix(least_)) - known) + 2 * (total(least_) < 11 * known) + 4 * (masked > left);
    Escape& estimate = escapes_[kClasses.of[left - 1]][place + high_bits_];
    const unsigned part = estimate.sum >> estimate.shift;
    estimate.sum = static_cast<std::uint16_t>(estimate.sum - part);
    frequency = part + (part == 0);
    return estimate;
}

}  // namespace nacomp::codecs
