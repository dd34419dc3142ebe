// The loops of the mixer over contexts and over weights, one table of functions per instruction set. All kernels give the same bits.
#pragma once

#include <cstdint>

namespace nacomp::mixing {

constexpr int kLanes = 16;         // inputs and weights come in whole groups of so many, at a multiple of 32 bytes
constexpr int kWeightShift = 14;   // a weight of 1.0 is 2^14
// An error of the mixer that moves no weight: 3071 * 5 is below one half, 2^14.
constexpr int32_t kNoError = 5;

constexpr int kMaxContexts = 24;
constexpr int kContextLanes = 8;   // contexts come in groups of so many; a last group may hold fewer
constexpr int kSpareLanes = 32;    // room for kMaxContexts, each row at a multiple of 64 bytes
constexpr int kPerContext = 4;     // inputs
// Where an input of a context stands: those of sixteen contexts, then those of the last eight, input by input, so that a vector
// which one loop writes is one that the next loop reads.
constexpr int place_of(int input, int context) { return context < 16 ? 16 * input + context : 16 * kPerContext + 8 * input + context - 16; }
constexpr uint32_t kClasses = 1024;     // of state counters, and of past counters, for each context
constexpr uint32_t kContextLimit = 255; // of both kinds of counters

// What the contexts of a bit look at.
struct ContextTables {
    uint32_t* nodes;  // each xor Node::kNew
    uint32_t* state;  // (context * kClasses + class of the node): counters
    uint32_t* past;   // likewise
};

// One bit's contexts: what was found, kept until the bit is known.
struct OpenContexts {
    alignas(64) uint32_t places[kMaxContexts];       // of the nodes
    alignas(64) uint32_t nodes[kMaxContexts];        // the nodes themselves
    alignas(64) uint32_t states[kMaxContexts];       // places of the state counters
    alignas(64) uint32_t pasts[kMaxContexts];
    alignas(64) uint32_t state[kMaxContexts];        // the counters themselves
    alignas(64) uint32_t past[kMaxContexts];
    // (input, lane): what goes in place of contexts that the last group does not have, 0 elsewhere.
    alignas(64) int32_t spare[kPerContext][kSpareLanes] = {};
};

struct Kernel {
    const char* name;
    bool (*runs_here)();
    // The keys of slots: those of the contexts' hashes, with the bits of the first nibble for the second one, 0 for the first.
    void (*hash_slots)(const uint32_t* hashes, uint32_t bits, int count, uint32_t* keys);
    // The four inputs of each of `count` contexts, at `place_of`, for whole groups of them. Gives a bit for each that has been seen.
    // slots: (whole groups) where each one's slot begins in the table; node: the place in all of them.
    uint32_t (*predict_contexts)(const ContextTables& tables, OpenContexts& open, const uint32_t* slots, uint32_t node, int count,
                                 int16_t* inputs);
    // shared: two contexts may have the same node, which then learns twice, one context after the other.
    void (*learn_contexts)(const ContextTables& tables, OpenContexts& open, int count, int bit, bool shared);
    // For each of `sets` rows of n weights: (sum over i of inputs[i] * row[i], modulo 2^32) >> kWeightShift, clamped; inputs within
    // +-kLimit. points: (sets in whole groups of 8), 0 behind the last.
    void (*mix)(const int16_t* inputs, const int16_t* const* rows, int sets, int n, int16_t* points);
    // row[i] += (inputs[i] * error + 2^14) >> 15, within 16 bits; errors of 16 bits, each set has its own.
    void (*train)(const int16_t* inputs, int16_t* const* rows, const int32_t* errors, int sets, int n);
};

// Kernels compiled into this build, best first and ended by a null.
const Kernel* const* compiled_kernels();

}  // namespace nacomp::mixing
