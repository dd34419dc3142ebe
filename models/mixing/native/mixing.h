// The context-mixing predictor of formats/MIXING.md: the probability of the next bit of a stream, from the bytes before it.
// Streams share every table and every weight; only their bytes and what is read from them are their own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "contexts.h"
#include "counters.h"
#include "kernels.h"
#include "match.h"
#include "mixer.h"
#include "settings.h"
#include "stream.h"
#include "table.h"

namespace nacomp::mixing {

class Mixing {
   public:
    // Throws std::invalid_argument for settings out of their ranges and for a kernel that does not run here.
    Mixing(const Settings& settings, int streams);
    // The probability that the next bit of a stream is 1: 2^-22, 1 .. 2^22 - 1. `outside`: settings.outside_inputs points of the
    // logistic domain, ln(p / (1 - p)) * 256, clamped to +-3071; `selector`, 0..255, chooses a row of a set of weights of its own.
    // Without outside inputs neither is looked at.
    uint32_t predict(int stream, const int16_t* outside = nullptr, int selector = 0);
    // The bit that came, of the stream that was asked last.
    void learn(int bit);
    // As above where settings.selectors are given: `selected` has a row of each of their sets.
    uint32_t predict_beside(int stream, const int16_t* outside, const int* selected);
    // A bit that is known without being coded: it becomes part of the stream's bytes, and no counter learns it.
    void pass(int stream, int bit);
    // Whole bytes of the one stream, behind whole ones, likewise.
    void pass_bytes(const uint8_t* bytes, size_t count);
    const Stream& stream(int stream) const { return streams_[static_cast<size_t>(stream)]; }
    // About what all tables take, in bytes.
    static uint64_t memory(const Settings& settings);

   private:
    void advance(uint32_t stream, uint32_t bit);
    void prepare_inputs(Stream& s);
    int mix(Stream& s, const int16_t* outside, const int* selected);
    void start_byte(Stream& s);
    void hash_nibble(const Stream& s);
    void start_nibble(Stream& s);
    void look_ahead(Stream& s);
    void prefetch_stages(const Stream& s) const;
    // One stream, all of whose bits are predicted: what the next bit's contexts are made of stays as it is after this one.
    bool looks_ahead() const { return streams_.size() == 1 && !settings_.outside_inputs; }
    // One-bit pixels: contexts are looked up for every bit.
    bool by_pixel() const { return settings_.profile == Profile::bitmap; }
    // Contexts of the coming bit for secondary estimation: below 256, below 65,536, and a hash of 16 bits.
    uint32_t order0(const Stream& s) const;
    uint32_t order1(const Stream& s) const;
    uint32_t order3(const Stream& s) const;
    void finish_byte(uint32_t stream, uint32_t byte);
    int predict_contexts(const Stream& s, int16_t* inputs);
    ContextTables tables() { return {table_.words(), by_state_.data(), by_past_.data()}; }
    void choose_rows(const Stream& s, const int* selected, int seen);
    bool is_lone_text() const { return settings_.profile == Profile::text && settings_.outside_inputs == 0; }
    uint32_t refine(const Stream& s, int x);

    Settings settings_;
    const Kernel& kernel_;
    int contexts_, lanes_;                      // lanes_: the contexts in whole groups
    HashTable table_;
    Followers followers_;
    std::vector<Stream> streams_;
    std::vector<uint32_t> by_state_, by_past_;  // counters: (context * kClasses + class of the node)
    std::vector<MatchModel> matches_;
    TwoLayers mixer_;
    Apm order0_, order1_, order3_;
    Apm shape_, matched_;                       // of the text profile without inputs from outside
    bool looks_again_ = false;                  // what was looked up ahead is of bytes that were passed
    uint32_t asked_ = 0;                        // the stream of the last `predict`
    OpenContexts open_;                         // what it looked at
    std::vector<int32_t*> own_places_;          // of the mixer's own inputs in `open_.spare`
    alignas(64) uint32_t keys_[kMaxContexts] = {};  // of the slots of the coming nibble
};

}  // namespace nacomp::mixing
