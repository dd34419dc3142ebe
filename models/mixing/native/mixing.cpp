#include "mixing.h"

#include <algorithm>
#include <stdexcept>

#include "native/dispatch.h"
#include "native/target.h"

namespace nacomp::mixing {

namespace {

constexpr uint32_t kMapLimit = 255;
constexpr int kTextMatches = 3, kFewMatches = 2, kPerMatch = 2;
constexpr uint32_t kTextMinimum[kTextMatches] = {5, 20, 10}, kMinimum[kFewMatches] = {6, 20};
constexpr int kFewInputs = 1 + kFewMatches * kPerMatch, kTextInputs = 2 + kTextMatches * kPerMatch, kMostInputs = kFewInputs + kGuesses;
// Against lpaq's 28 of both: 4% smaller on structured text of 100 KB; 70 was no better. A quick start is worth another 0.1%.
constexpr MixerRates kRates = {45, 250}, kFinalRates = {16, 80};
constexpr int32_t kInitialWeight = 3000;  // 2^-16; 10,000 was 2.5% larger, trained averages 0.1% smaller
// Beside a language model the mixer starts from something good. With the rates above English prose was 0.4% larger, JavaScript and a
// hex dump 1% smaller, with maps that believe their first observations prose another 0.3%, with equal weights at the start 3%.
constexpr MixerRates kTrustRates = {20, 100}, kTrustFinalRates = {8, 40};
constexpr int32_t kTrust[2] = {20000, 45536};  // 2^-16, of the first two outside inputs
constexpr uint32_t kTrustLimit = 1023, kTrustConfidence = 10;

void demand(bool holds, const char* what) {
    if (!holds) throw std::invalid_argument(what);
}

const Kernel& kernel_named(const char* name) {
    const Kernel* kernel = find_kernel(compiled_kernels(), name);
    demand(kernel != nullptr, "no such kernel runs here");
    return *kernel;
}

const Settings& checked(const Settings& s, int streams) {
    demand(streams >= 1 && streams <= 4096, "streams");
    demand(s.size < (uint64_t{1} << 31), "size");
    demand(s.delimiter >= 0 && s.delimiter <= 255, "delimiter");
    demand(s.outside_inputs >= 0 && s.outside_inputs <= kMaxOutside, "outside inputs");
    const bool records = s.profile == Profile::records;
    const int most_pixel = s.profile == Profile::image ? 8 : 4;
    demand(records ? s.pixel == 2 || s.pixel == 4 || s.pixel == 8 : s.pixel >= 1 && s.pixel <= most_pixel, "pixel");
    demand(!records || (s.width >= s.pixel && s.width % s.pixel == 0), "width");
    const int least = s.profile == Profile::image ? s.pixel : s.profile == Profile::samples ? s.pixel : s.profile == Profile::bitmap ? 1 : 0;
    demand(s.width >= least && s.width <= (s.profile == Profile::samples ? kMaxChannels * s.pixel : kMaxWidth), "width");
    demand(s.profile != Profile::samples || (s.pixel >= 2 && s.width % s.pixel == 0), "width");
    return s;
}

// log2 of a table's entries: the first that is enough for `wanted`, within bounds.
int bits_for(uint64_t wanted, int least, int most) {
    int bits = least;
    while (bits < most && (uint64_t{1} << bits) < wanted) bits++;
    return bits;
}

int slot_bits(const Settings& settings) {
    return bits_for(settings.size * static_cast<uint64_t>(kContexts[static_cast<int>(settings.profile)]) / 4, 12, 21);
}

// The inputs in the order of the contexts' kernels (`place_of`), which is of no account to a sum: the mixer's own inputs where the last
// group has no context, outside inputs behind all.
int lanes_of(int contexts) { return (contexts + kContextLanes - 1) / kContextLanes * kContextLanes; }
constexpr int own_inputs(Profile profile) {
    static_assert(kPictureGuesses == kGuesses);
    return profile == Profile::samples || profile == Profile::image ? kMostInputs : profile == Profile::text ? kTextInputs : kFewInputs;
}
constexpr bool has_room(int profile) {
    return (-kContexts[profile] & (kContextLanes - 1)) * kPerContext >= own_inputs(static_cast<Profile>(profile));
}
static_assert(has_room(0) && has_room(1) && has_room(2) && has_room(3) && has_room(4) && has_room(5) && has_room(6) && has_room(7), "spare lanes");

std::vector<int32_t> initial_weights(const Settings& settings, int contexts) {
    const int lanes = lanes_of(contexts), outside = settings.outside_inputs, spare = lanes - contexts;
    const bool trust = !settings.selectors.empty();
    std::vector<int32_t> weights(static_cast<size_t>(kPerContext * lanes), outside ? 0 : kInitialWeight);
    if (spare)  // of lanes without an input too, which stay 0
        for (int k = own_inputs(settings.profile); k < kPerContext * spare; k++)
            weights[static_cast<size_t>(place_of(k / spare, contexts + k % spare))] = 0;
    for (int i = 0; i < outside; i++) weights.push_back(!trust ? (1 << 16) / outside : i < 2 ? kTrust[i] : 0);
    return weights;
}

std::vector<int> set_sizes(const Settings& settings) {
    const bool text = settings.profile == Profile::text;
    std::vector<int> sizes = {256, 256, 1024, text ? 1024 : 256, 256, 512};
    if (settings.profile == Profile::code || settings.profile == Profile::words) sizes.push_back(512);
    if (text) sizes.insert(sizes.end(), {256, 1024, 256, 4096});
    if (!settings.selectors.empty()) sizes.insert(sizes.end(), settings.selectors.begin(), settings.selectors.end());
    else if (settings.outside_inputs) sizes.push_back(256);
    return sizes;
}

size_t shape_context(const Stream& s) { return combine(s.text.shapes, s.bits) >> 16; }

std::vector<int> final_sizes(Profile profile) {
    return profile == Profile::text ? std::vector<int>{256, 17, 256, 256} : std::vector<int>{256, 17};
}

}  // namespace

Mixing::Mixing(const Settings& settings, int streams)
    : settings_(checked(settings, streams)),
      kernel_(kernel_named(settings.kernel)),
      contexts_(kContexts[static_cast<int>(settings.profile)]),
      lanes_(lanes_of(contexts_)),
      table_(slot_bits(settings)),
      streams_(static_cast<size_t>(streams)),
      by_past_(static_cast<size_t>(contexts_) * kClasses, Counter::made(kOne / 2)),
      mixer_(kernel_, initial_weights(settings, contexts_), set_sizes(settings), settings.selectors.empty() ? kRates : kTrustRates,
             final_sizes(settings.profile),
             settings.selectors.empty() ? kFinalRates : kTrustFinalRates),
      order0_(256, settings.selectors.empty() ? kMapLimit : kTrustLimit, settings.selectors.empty() ? 0 : kTrustConfidence),
      order1_(65536, settings.selectors.empty() ? kMapLimit : kTrustLimit, settings.selectors.empty() ? 0 : kTrustConfidence),
      order3_(65536, settings.selectors.empty() ? kMapLimit : kTrustLimit, settings.selectors.empty() ? 0 : kTrustConfidence),
      shape_(is_lone_text() ? 65536 : 1, kMapLimit),
      matched_(is_lone_text() ? 17 * 256 : 1, kMapLimit) {
    by_state_.reserve(by_past_.size());
    for (size_t i = 0; i < by_past_.size(); i++)
        by_state_.push_back(Counter::made(squash((static_cast<int>(i % kClasses >> 4) - 32) * 64 + 32)));
    const bool text = settings.profile == Profile::text;
    for (int m = 0; m < (text ? kTextMatches : kFewMatches); m++)
        matches_.emplace_back(text ? kTextMinimum[m] : kMinimum[m], bits_for(settings.size, 10, 20));
    const int spare = lanes_ - contexts_;
    for (int k = 0; k < own_inputs(settings.profile); k++) own_places_.push_back(&open_.spare[k / spare][contexts_ + k % spare]);
    settings_.kernel = "";  // was the caller's
    look_ahead(streams_[0]);
}

uint64_t Mixing::memory(const Settings& settings) {
    const int contexts = kContexts[static_cast<int>(settings.profile)];
    uint64_t rows = 0;
    for (int size : set_sizes(settings)) rows += static_cast<uint64_t>(size);
    const uint64_t weights = rows * (initial_weights(settings, contexts).size() + kLanes) * sizeof(int16_t);
    const uint64_t slots = sizeof(Slot) << slot_bits(settings);
    const uint64_t matches = uint64_t{8 * kMatches} << bits_for(settings.size, 10, 20);
    return slots + weights + matches + settings.size + (uint64_t{20} << 20);
}

void Mixing::start_byte(Stream& s) {
    const ContextList list(s.hashes);
    switch (settings_.profile) {
        case Profile::text: text_contexts(s, followers_, list); break;
        case Profile::binary: binary_contexts(s, followers_, settings_, list); break;
        case Profile::samples: samples_contexts(s, settings_, list); break;
        case Profile::code: code_contexts(s, followers_, settings_, list); break;
        case Profile::bitmap: bitmap_contexts(s, settings_, list); break;
        case Profile::records: record_contexts(s, settings_, list); break;
        case Profile::words: word_contexts(s, list); break;
        case Profile::image: image_contexts(s, settings_, list); break;
    }
    s.column_row = std::min(s.column(static_cast<uint32_t>(settings_.width)), 511u);
    s.byte_due = false;
}

uint32_t Mixing::order0(const Stream& s) const { return by_pixel() ? s.pixels.near8 : s.bits; }

uint32_t Mixing::order1(const Stream& s) const { return by_pixel() ? s.pixels.near16 : (s.last4 & 255) << 8 | s.bits; }

uint32_t Mixing::order3(const Stream& s) const {
    return (by_pixel() ? combine(s.pixels.near24, 0) : combine(s.last4 & 0xffffff, s.bits)) >> 16;
}

void Mixing::hash_nibble(const Stream& s) {
    const bool second = s.bit_count >= 4 && !by_pixel();
    kernel_.hash_slots(s.hashes, second ? s.bits >> (s.bit_count - 4) : 0, contexts_, keys_);
    for (int i = 0; i < contexts_; i++) table_.prefetch(keys_[i]);
}

void Mixing::start_nibble(Stream& s) {
    if (!looks_ahead()) hash_nibble(s);
    table_.begin();
    for (int i = 0; i < contexts_; i++) table_.prefetch_other(keys_[i]);
    for (int i = 0; i < contexts_; i++) s.slots[i] = table_.find(keys_[i]);
    s.shares_slots = table_.shared();
    s.nibble_due = false;
}

// Returns how many of the orders 1 to 6 were seen before.
int Mixing::predict_contexts(const Stream& s, int16_t* inputs) {
    const uint32_t late = s.bit_count < 4 ? s.bit_count : s.bit_count - 4;
    const uint32_t node = by_pixel() ? 1 + s.pixels.node : (s.bits & ((1u << late) - 1)) | 1u << late;
    static constexpr uint8_t kOnes[32] = {0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 1, 2, 2, 3, 2, 3, 3, 4, 2, 3, 3, 4, 3, 4, 4, 5};
    return kOnes[kernel_.predict_contexts(tables(), open_, s.slots, node, contexts_, inputs) >> 1 & 31];
}

void Mixing::choose_rows(const Stream& s, const int* selected, int seen) {
    Mixer& first = mixer_.first();
    const uint32_t c1 = s.last4 & 255, c2 = s.last4 >> 8 & 255, bit = s.bit_count;
    const Match& match = s.matches[0];
    const uint32_t matched = match.agrees ? match.length_class : 0;
    size_t set = 0;
    first.choose(set++, order0(s));
    first.choose(set++, c1);
    first.choose(set++, matched * 32 + (s.matches[1].agrees ? 16 : 0) + bit);
    first.choose(set++, settings_.profile == Profile::text ? s.text.outline.row() : match.agrees ? static_cast<size_t>(match.guess) : 0);
    first.choose(set++, static_cast<size_t>(seen) * 8 + bit);
    if (settings_.profile == Profile::text) {
        const uint32_t kinds = kind_of(c1) * 16 + kind_of(c2), column = std::min(s.position() - s.text.line.start, 255u);
        first.choose(set++, s.text.field * 16 + kind_of(s.text.field_up));
        first.choose(set++, kinds);
        first.choose(set++, s.text.numbers.row());
        first.choose(set++, column);
        first.choose(set++, kind_of(c1) * 256 + s.bits);
        mixer_.second().choose(2, kinds);
        mixer_.second().choose(3, column);
    } else if (settings_.profile == Profile::code) {
        first.choose(set++, (s.code.doubt ? 256u : 0u) + 8 * s.code.at() + bit);
        first.choose(set++, (s.code.map ? 256u : 0u) + s.code.opcode);
    } else if (settings_.profile == Profile::words) {
        const uint32_t at = s.column(4), upper = upper_byte(s);
        first.choose(set++, 32 * (upper >> 4) + 8 * at + bit);
        first.choose(set++, (at ? 256u : 0u) + upper);
    } else if (by_pixel()) {
        first.choose(set++, s.pixels.choice);
    } else if (settings_.profile == Profile::image) {
        first.choose(set++, s.picture.colour % 4 * 128 + 8 * s.picture.activity + bit);
    } else {
        first.choose(set++, s.column_row);
    }
    for (int i = 0; set < first.sets(); i++) first.choose(set++, static_cast<size_t>(selected[i]));
    mixer_.second().choose(0, order0(s));
    mixer_.second().choose(1, matched);
}

NACOMP_INLINE void Mixing::prefetch_stages(const Stream& s) const {
    order1_.prefetch(order1(s));
    order3_.prefetch(order3(s));
    if (is_lone_text()) shape_.prefetch(shape_context(s));
}

uint32_t Mixing::predict(int stream, const int16_t* outside, int selector) {
    const int selected = selector & 255;
    return predict_beside(stream, outside, &selected);
}

uint32_t Mixing::predict_beside(int stream, const int16_t* outside, const int* selected) {
    asked_ = static_cast<uint32_t>(stream);
    Stream& s = streams_[asked_];
    if (looks_again_) {
        looks_again_ = false;
        look_ahead(s);
    }
    if (s.byte_due) start_byte(s);
    if (s.nibble_due) start_nibble(s);
    if (!looks_ahead()) prefetch_stages(s);
    const int x = mix(s, outside, selected);
    const uint32_t p =
        order0_.refine(x, order0(s)) + order1_.refine(x, order1(s)) + (is_lone_text() ? refine(s, x) : 4 * squash(x));
    const uint32_t last = order3_.refine(x, order3(s));
    return std::min(std::max((p + (is_lone_text() ? last : 2 * last)) >> 3, 1u), kOne - 1);
}

// What the text profile's own two stages say, and the mixer beside them: five eighths of all.
uint32_t Mixing::refine(const Stream& s, int x) {
    const Match& match = s.matches[0];
    const uint32_t expected = match.agrees ? match.length_class << 8 | static_cast<uint32_t>(match.guess) : s.bits;
    return 2 * squash(x) + 2 * shape_.refine(x, shape_context(s)) + matched_.refine(x, expected);
}

// The mixer's own inputs. Vectors that are read where single numbers were just written wait for them: they are written long before.
void Mixing::prepare_inputs(Stream& s) {
    int32_t own[kMostInputs] = {256};
    for (size_t m = 0; m < matches_.size(); m++) matches_[m].predict(s, s.matches[m], own + 1 + m * kPerMatch);
    if (settings_.profile == Profile::samples) sample_inputs(s, settings_, own + kFewInputs);
    if (settings_.profile == Profile::image) picture_inputs(s, own + kFewInputs);
    if (settings_.profile == Profile::text) own[kTextInputs - 1] = s.text.measures.predict(s.text.field, s.bits, s.bit_count);
    for (size_t k = 0; k < own_places_.size(); k++) *own_places_[k] = own[k];
}

// The mixed point of the logistic domain.
int Mixing::mix(Stream& s, const int16_t* outside, const int* selected) {
    if (!looks_ahead()) prepare_inputs(s);
    int16_t* inputs = mixer_.first().inputs();
    for (int i = 0; i < settings_.outside_inputs; i++) inputs[kPerContext * lanes_ + i] = static_cast<int16_t>(clamp_logistic(outside[i]));
    choose_rows(s, selected, predict_contexts(s, inputs));
    return mixer_.mix();
}

void Mixing::learn(int bit) {
    Stream& s = streams_[asked_];
    for (size_t m = 0; m < matches_.size(); m++) matches_[m].learn(s.matches[m], bit);
    const bool shares_slots = s.shares_slots;
    advance(asked_, static_cast<uint32_t>(bit));
    look_ahead(s);
    mixer_.learn(bit);
    order0_.learn(bit);
    order1_.learn(bit);
    order3_.learn(bit);
    if (is_lone_text()) {
        shape_.learn(bit);
        matched_.learn(bit);
    }
    kernel_.learn_contexts(tables(), open_, contexts_, bit, shares_slots);
}

// Asks for what the next bit looks at, so that it arrives while this one is learnt. Of one stream whose bits are all predicted what
// the hashes are made of stays as it is.
void Mixing::look_ahead(Stream& s) {
    if (!looks_ahead()) return;
    if (s.byte_due) start_byte(s);
    if (s.nibble_due) hash_nibble(s);
    if (s.bit_count == 7)
        for (const MatchModel& match : matches_) match.look_ahead(s);
    prepare_inputs(s);
    prefetch_stages(s);
}

void Mixing::pass(int stream, int bit) { advance(static_cast<uint32_t>(stream), static_cast<uint32_t>(bit)); }

void Mixing::pass_bytes(const uint8_t* bytes, size_t count) {
    Stream& s = streams_[0];
    // What was foreseen of them ahead is not learnt.
    if (s.picture.place == s.position()) s.picture.place = Picture::kNoPlace;
    for (size_t i = 0; i < count; i++) finish_byte(0, bytes[i]);
    looks_again_ = looks_ahead();
}

void Mixing::advance(uint32_t stream, uint32_t bit) {
    Stream& s = streams_[stream];
    s.bits = s.bits << 1 | bit;
    s.bit_count++;
    if (s.bit_count == 8) finish_byte(stream, s.bits & 255);
    else if (s.bit_count == 4) s.nibble_due = true;
    if (by_pixel()) s.byte_due = s.nibble_due = true;
}

// Contexts are looked up when a bit is asked for: bytes that are passed need none, and other streams may take the slots meanwhile.
void Mixing::finish_byte(uint32_t stream, uint32_t byte) {
    Stream& s = streams_[stream];
    followers_.learn(s, byte);
    s.history.push_back(static_cast<uint8_t>(byte));
    s.last8 = s.last8 << 8 | s.last4 >> 24;
    s.last4 = s.last4 << 8 | byte;
    s.bits = 1;
    s.bit_count = 0;
    for (size_t m = 0; m < matches_.size(); m++) matches_[m].learn_byte(streams_, stream, static_cast<int>(m));
    if (settings_.profile == Profile::code) s.code.read(byte);
    if (settings_.profile == Profile::words && s.column(4) == 0) s.words.recent[s.last4 >> 24] = s.last4;
    if (settings_.profile == Profile::text) read_text(s, byte, static_cast<uint32_t>(settings_.delimiter));
    s.byte_due = s.nibble_due = true;
}

}  // namespace nacomp::mixing
