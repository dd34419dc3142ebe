// The model of PPMd var. H (D. Shkarin, 2001): what followed each context of up to `order` bytes, and how often.
//
// A context has states, one for each symbol that was seen in it, and a suffix: the context one byte shorter. A state leads to the
// context that is longer by its symbol, or, as long as that is not made, to the place in the text behind the symbol.
// Everything in here depends on the symbols coded before, on nothing else: a payload that nobody wrote leads to a model that the
// symbols decoded from it would lead an encoder to. So what holds for every text holds for hostile payloads:
// - A context knows no symbol that its suffix does not: only contexts of `order` bytes lose symbols, and those are no suffix.
//   `fall_` is `order` less the bytes of the context at hand, 0 for those alone.
// - States of one symbol, from a context through its suffixes, lead to one place in the text as far as they lead to text at all.
//   That byte is written before it is read: a symbol that leaves such a place leaves `fall_` above 0, so the next is appended.
// - `total` is at least 1 above the sum of frequencies, so that an escape has a part of the range; a frequency is 1 to 128.
// The first two are looked at where a context is made and a symbol is looked up, as a mistake there would leave the arena.
//
// One unit of a context (`count` is 1: the state takes the place of `total` and `states`):
//     0 u16 count | 2 u16 total | 4 u32 states | 8 u32 suffix          0 u16 count | 2 state | 8 u32 suffix
// Six bytes of a state:
//     0 u8 symbol | 1 u8 frequency | 2 u32 following
#pragma once

#include <array>
#include <cstdint>

#include "arena.h"
#include "coder.h"

namespace nacomp::codecs {

constexpr int kLeastOrder = 2, kMostOrder = 16;
constexpr std::uint32_t kLeastMemory = 1u << 11, kMostMemory = 1u << 30;

class Model {
public:
    Model(int order, std::uint32_t memory);

    // One symbol, by a RangeEncoder that was told it or a RangeDecoder that reads it. Raises Corrupt.
    template <class Coder>
    std::uint8_t code(Coder& coder);

private:
    static constexpr Ref kState = 6;  // bytes
    using WholeState = std::array<std::uint8_t, kState>;
    static constexpr int kMostFrequency = 124;
    static constexpr int kPeriodBits = 7;

    // An estimate of how often a symbol is escaped from.
    struct Escape {
        std::uint16_t sum;
        std::uint8_t shift, count;

        void learn() {
            if (shift < kPeriodBits && --count == 0) {
                sum = static_cast<std::uint16_t>(sum << 1);
                count = static_cast<std::uint8_t>(3 << shift++);
            }
        }
    };

    // Contexts and states.
    unsigned count(Ref context) const { return arena_.read<std::uint16_t>(context); }
    void set_count(Ref context, unsigned count) { arena_.write(context, static_cast<std::uint16_t>(count)); }
    unsigned total(Ref context) const { return arena_.read<std::uint16_t>(context + 2); }
    void set_total(Ref context, unsigned total) { arena_.write(context + 2, static_cast<std::uint16_t>(total)); }
    Ref states(Ref context) const { return arena_.read<Ref>(context + 4); }
    void set_states(Ref context, Ref states) { arena_.write(context + 4, states); }
    Ref suffix(Ref context) const { return arena_.read<Ref>(context + 8); }
    void set_suffix(Ref context, Ref suffix) { arena_.write(context + 8, suffix); }
    static Ref only_state(Ref context) { return context + 2; }
    std::uint8_t symbol(Ref state) const { return *arena_.at(state); }
    unsigned frequency(Ref state) const { return arena_.at(state)[1]; }
    void set_frequency(Ref state, unsigned frequency) { arena_.at(state)[1] = static_cast<std::uint8_t>(frequency); }
    Ref following(Ref state) const { return arena_.read<Ref>(state + 2); }
    void set_following(Ref state, Ref following) { arena_.write(state + 2, following); }
    void set_state(Ref state, std::uint8_t symbol, unsigned frequency, Ref following) {
        *arena_.at(state) = symbol;
        set_frequency(state, frequency);
        set_following(state, following);
    }
    void copy_state(Ref to, Ref from) { arena_.write(to, arena_.read<WholeState>(from)); }
    void move_up(Ref state, Ref to);
    Ref find(Ref context, std::uint8_t wanted) const;

    // The way of a symbol.
    template <class Coder>
    bool try_only(Coder& coder);
    template <class Coder>
    bool try_first(Coder& coder);
    template <class Coder>
    bool try_below(Coder& coder);
    std::uint16_t& chance_of_only();
    Escape& escape(unsigned masked, std::uint32_t& frequency);
    void mask(Ref state) { masked_[symbol(state)] = round_; }

    // What is learnt of it.
    void learn_first(bool is_likeliest);
    void learn_below();
    void next();
    void update();
    void learn_in_suffix();
    bool spread(Ref place);
    bool make_room(Ref context, unsigned known, unsigned size);
    Ref make_contexts(bool skip);
    unsigned first_frequency(Ref context, std::uint8_t symbol) const;
    void halve();
    unsigned cut_unseen();
    void restart();

    Arena arena_;
    int order_;
    int fall_ = 0;  // by how much the context at hand is shorter than it might be
    int run_ = 0, usual_run_ = 0;
    Ref least_ = 0, most_ = 0, found_ = 0;  // contexts: where the symbol is looked for, where that began; and the last state
    std::uint8_t coded_ = 0;
    unsigned success_ = 0, first_escapes_ = 0, high_bits_ = 0;
    std::array<std::array<std::uint16_t, 64>, 128> chances_{};  // (frequency - 1, what is known else)
    std::array<std::array<Escape, 16>, 25> escapes_{};          // (class of symbols left, what is known else)
    Escape of_all_{0, kPeriodBits, 0};
    // Symbols that were escaped from while this one is coded are those with its number.
    std::array<std::uint32_t, 256> masked_{};
    std::uint32_t round_ = 0;
};

extern template std::uint8_t Model::code(RangeEncoder&);
extern template std::uint8_t Model::code(RangeDecoder&);

}  // namespace nacomp::codecs
