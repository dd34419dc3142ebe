// What a model learns of a symbol once it is coded: frequencies, and the contexts that the symbol leads to.
#include <algorithm>

#include "model.h"

namespace nacomp::codecs {

// A state to an earlier place among its context's; those between move down.
void Model::move_up(Ref state, Ref to) {
    const auto moved = arena_.read<WholeState>(state);
    std::memmove(arena_.at(to + kState), arena_.at(to), state - to);
    arena_.write(to, moved);
}

// The state of a symbol that the context knows: whatever a context knows, its suffix does.
Ref Model::find(Ref context, std::uint8_t wanted) const {
    const Ref first = states(context), end = first + count(context) * kState;
    for (Ref state = first; state != end; state += kState)
        if (symbol(state) == wanted) return state;
    throw std::logic_error("a context knows a symbol that its suffix does not");
}

// Found in the first context that was asked.
void Model::learn_first(bool is_likeliest) {
    success_ = is_likeliest && 2 * frequency(found_) > total(least_);
    run_ += static_cast<int>(success_);
    set_total(least_, total(least_) + 4);
    set_frequency(found_, frequency(found_) + 4);
    if (!is_likeliest && frequency(found_) > frequency(found_ - kState)) {
        move_up(found_, found_ - kState);
        found_ -= kState;
    }
    if (frequency(found_) > kMostFrequency) halve();
    next();
}

// Found in a shorter one.
void Model::learn_below() {
    set_total(least_, total(least_) + 4);
    set_frequency(found_, frequency(found_) + 4);
    if (frequency(found_) > kMostFrequency) halve();
    run_ = usual_run_;
    update();
}

void Model::next() {
    const Ref context = following(found_);
    if (fall_ == 0 && !arena_.is_text(context))
        least_ = most_ = context;
    else
        update();
}

// Longer contexts learn the symbol, and those are made that it leads to. Where memory is full, the model is begun anew.
void Model::update() {
    Ref context = following(found_);
    if (frequency(found_) < kMostFrequency / 4 && suffix(least_) != 0) learn_in_suffix();
    if (fall_ == 0) {
        context = make_contexts(true);
        if (context == 0) return restart();
        set_following(found_, context);
        least_ = most_ = context;
        return;
    }
    Ref place = arena_.append(symbol(found_));
    if (place == 0) return restart();
    if (context == 0) {
        set_following(found_, place);
        context = least_;
    } else {
        if (arena_.is_text(context)) context = make_contexts(false);
        if (context == 0) return restart();
        if (--fall_ == 0) {
            place = context;
            if (most_ != least_) arena_.drop_last();
        }
    }
    if (!spread(place)) return restart();
    least_ = most_ = context;
}

// The next shorter context hears of it too.
void Model::learn_in_suffix() {
    const Ref context = suffix(least_);
    if (count(context) == 1) {
        const Ref state = only_state(context);
        set_frequency(state, frequency(state) + (frequency(state) < 32));
        return;
    }
    Ref state = find(context, symbol(found_));
    if (state != states(context) && frequency(state) >= frequency(state - kState)) {
        move_up(state, state - kState);
        state -= kState;
    }
    if (frequency(state) < kMostFrequency - 9) {
        set_frequency(state, frequency(state) + 2);
        set_total(context, total(context) + 2);
    }
}

// The symbol goes into every context from the longest to the one in which it was found; false where memory is full.
bool Model::spread(Ref place) {
    const unsigned size = count(least_), own = frequency(found_);
    const unsigned others = total(least_) - size - (own - 1);
    const std::uint8_t added = symbol(found_);
    for (Ref context = most_; context != least_; context = suffix(context)) {
        const unsigned known = count(context);
        if (!make_room(context, known, size)) return false;
        const unsigned whole = total(context), mine = 2 * own * (whole + 6), all = others + whole;
        unsigned first = 0;
        if (mine < 6 * all) {
            first = 1u + (mine > all) + (mine >= 4 * all);
            set_total(context, whole + 3);
        } else {
            first = 4u + (mine >= 9 * all) + (mine >= 12 * all) + (mine >= 15 * all);
            set_total(context, whole + first);
        }
        set_state(states(context) + known * kState, added, first, place);
        set_count(context, known + 1);
    }
    return true;
}

// For one more state; `size` is how many the context has in which the symbol was found.
bool Model::make_room(Ref context, unsigned known, unsigned size) {
    if (known == 1) {
        const Ref block = arena_.units(1);
        if (block == 0) return false;
        copy_state(block, only_state(context));
        set_frequency(block, frequency(block) < kMostFrequency / 4 - 1 ? 2 * frequency(block) : kMostFrequency - 4);
        set_states(context, block);
        set_total(context, frequency(block) + first_escapes_ + (size > 3));
        return true;
    }
    if (known % 2 == 0) {
        const Ref block = arena_.grow(states(context), static_cast<int>(known / 2));
        if (block == 0) return false;
        set_states(context, block);
    }
    const unsigned few = 4 * known <= size && total(context) <= 8 * known;
    set_total(context, total(context) + (2 * known < size) + 2 * few);
    return true;
}

// The context that the found symbol leads to, and those of its suffixes as far as they are not there; 0 where memory is full.
Ref Model::make_contexts(bool skip) {
    const Ref branch = following(found_);
    const std::uint8_t coded = symbol(found_);
    std::array<Ref, kMostOrder + 1> waiting;  // a context has at most `order` suffixes
    unsigned number = 0;
    if (!skip) waiting[number++] = found_;
    Ref context = least_;
    while (suffix(context) != 0) {
        context = suffix(context);
        const Ref state = count(context) == 1 ? only_state(context) : find(context, coded);
        if (following(state) != branch) {
            context = following(state);
            if (arena_.is_text(context)) throw std::logic_error("a state leads to another text than a longer context's");
            break;
        }
        waiting[number++] = state;
    }
    if (number == 0) return context;
    const std::uint8_t behind = *arena_.at(branch);
    const unsigned frequency = first_frequency(context, behind);
    while (number != 0) {
        const Ref made = arena_.context();
        if (made == 0) return 0;
        set_count(made, 1);
        set_state(only_state(made), behind, frequency, branch + 1);
        set_suffix(made, context);
        set_following(waiting[--number], made);
        context = made;
    }
    return context;
}

unsigned Model::first_frequency(Ref context, std::uint8_t symbol) const {
    if (count(context) == 1) return frequency(only_state(context));
    const unsigned own = frequency(find(context, symbol)) - 1, others = total(context) - count(context) - own;
    if (2 * own <= others) return 1 + (5 * own > others);
    return 1 + (2 * own + 3 * others - 1) / (2 * others);
}

// All frequencies of a context, sorted by them.
void Model::halve() {
    const Ref first = states(least_), end = first + count(least_) * kState;
    const unsigned up = fall_ != 0;
    move_up(found_, first);
    unsigned escapes = total(least_) - frequency(first), sum = 0;
    set_frequency(first, frequency(first) + 4);
    for (Ref state = first; state != end; state += kState) {
        if (state != first) escapes -= frequency(state);
        const unsigned halved = (frequency(state) + up) >> 1;
        set_frequency(state, halved);
        sum += halved;
        Ref to = state;
        while (to != first && halved > frequency(to - kState)) to -= kState;
        move_up(state, to);
    }
    found_ = first;
    if (frequency(end - kState) == 0) {
        escapes += cut_unseen();
        if (count(least_) == 1) {
            do {
                set_frequency(found_, frequency(found_) - (frequency(found_) >> 1));
                escapes >>= 1;
            } while (escapes > 1);
            return;
        }
    }
    set_total(least_, sum + escapes - (escapes >> 1));
}

// Takes the states without a frequency out of a context; gives how many those were.
unsigned Model::cut_unseen() {
    const unsigned known = count(least_);
    unsigned kept = known;
    while (frequency(states(least_) + (kept - 1) * kState) == 0) --kept;
    set_count(least_, kept);
    const int from = static_cast<int>(known + 1) / 2, to = static_cast<int>(kept + 1) / 2;
    if (kept == 1) {
        const Ref block = states(least_);
        found_ = only_state(least_);
        copy_state(found_, block);
        arena_.give_back(block, from);
    } else if (from != to) {
        found_ = arena_.shrink(states(least_), from, to);
        set_states(least_, found_);
    }
    return known - kept;
}

}  // namespace nacomp::codecs
