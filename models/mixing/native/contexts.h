// From a stream's past to the hashes of its contexts: one function per profile, called once a byte, or for one-bit pixels once a bit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "arithmetic.h"
#include "stream.h"

namespace nacomp::mixing {

// The bytes that came after each byte, and after each pair, the newest lowest: shared by all streams.
struct Followers {
    std::vector<uint32_t> of_byte = std::vector<uint32_t>(256), of_pair = std::vector<uint32_t>(65536);
    void learn(const Stream& s, uint32_t byte) {  // before the stream takes it
        uint32_t& one = of_byte[s.last4 & 255];
        one = one << 8 | byte;
        uint32_t& two = of_pair[s.last4 & 0xffff];
        two = two << 8 | byte;
    }
};

// Takes the contexts in their order and gives each a hash of its own.
class ContextList {
   public:
    explicit ContextList(uint32_t* hashes) : hashes_(hashes) {}
    void add(uint32_t hash) {
        hashes_[count_] = combine(hash, (count_ + 1) * 0x85EBCA6Bu);
        count_++;
    }

   private:
    uint32_t* hashes_;
    uint32_t count_ = 0;
};

constexpr int kContexts[kProfiles] = {22, 14, 18, 18, 19, 14, 14, 22};

void read_text(Stream& s, uint32_t byte, uint32_t delimiter);
void text_contexts(const Stream& s, const Followers& followers, ContextList list);
void binary_contexts(const Stream& s, const Followers& followers, const Settings& settings, ContextList list);
// What the profiles binary and code begin with.
void add_orders(const Stream& s, const Settings& settings, ContextList& list);
// Foresees the component too, and lets the filters learn from the last one.
void image_contexts(Stream& s, const Settings& settings, ContextList list);
void code_contexts(const Stream& s, const Followers& followers, const Settings& settings, ContextList list);
void record_contexts(const Stream& s, const Settings& settings, ContextList list);
void word_contexts(const Stream& s, ContextList list);
// The upper byte of the word that the coming byte belongs to, or of the last one.
inline uint32_t upper_byte(const Stream& s) { return s.back(s.column(4) ? s.column(4) : 4); }
// Says too which node of their slots is meant, and what chooses weights.
void bitmap_contexts(Stream& s, const Settings& settings, ContextList list);
// What the first match expects: its byte, how long it is, the last byte; 0 for nothing.
uint32_t expected(const Stream& s);
// Predicts too, and lets the filters learn from the last sample.
void samples_contexts(Stream& s, const Settings& settings, ContextList list);

// Inputs of the mixer beside those of the contexts: (kGuesses,), of the coming bit of a sample.
void sample_inputs(Stream& s, const Settings& settings, int32_t* inputs);

// What the image profile foresees: the last component that was foreseen is learnt, then the coming one is.
void learn_component(Stream& s);
void guess_component(Stream& s, uint32_t row, uint32_t pixel);
// Inputs beside those of the contexts: (kPictureGuesses,), of the coming bit of a component.
void picture_inputs(Stream& s, int32_t* inputs);

// What kind of byte it is, 0..15: digit 1, lower 2, upper 3, not ASCII 4, space 5, line end 6, control 7, else 8 and more.
uint32_t kind_of(uint32_t byte);

}  // namespace nacomp::mixing
