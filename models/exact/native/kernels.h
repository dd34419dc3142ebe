// What every instruction set's kernel offers to the forward pass: one table of functions, chosen at run time.
//
// Sits below session.cpp and above the instruction sets (kernel-inl.h). The arithmetic is formats/NUMERICS.md; all kernels give
// the same bits. Everything here is plain C++ that knows no Python. The caller owns every buffer.
#pragma once

#include <cstddef>
#include <cstdint>

namespace nacomp::exact {

// Columns of a packed matrix that are computed together; a matrix is stored as panels (column/32, k/4, 32, 4).
constexpr int kBlock = 32;
// Columns with those that fill the last block.
constexpr size_t padded(size_t n) { return (n + kBlock - 1) / kBlock * kBlock; }
// Positions of a key panel: keys are stored as (slot/16, d/4, 16, 4), values as (slot/4, d/16, 16, 4).
constexpr int kSlots = 16;

// Rows of activations, quantised (NUMERICS 4). `values` are bytes, or what else a kernel makes of each: see its `a_bytes`.
struct QuantRows {
    uint8_t* values;   // (row, stride) elements
    size_t stride;     // elements from one row to the next
    float* scale;      // (row)
    int32_t* bias;     // (row) where a kernel's accumulators start: undoes an offset in its packed weights
};

// One matrix, packed for one kernel.
struct PackedMatrix {
    const uint8_t* panels;  // (column/32, k/4, 32, 4)
    const float* scale;     // (column), padded with zeros to a multiple of 32
    int columns;            // as stored in the model
    int k;                  // a multiple of 16
};

// y (+)= rows x matrix, for the column blocks [block_begin, block_end).
struct ProductTask {
    QuantRows a;
    int rows;
    PackedMatrix w;
    int block_begin, block_end;
    float* y;      // (row, stride)
    size_t stride;  // at least `columns`
    bool add;      // y = y + product instead of y = product
};

// Slots of the cache that one row attends to; those with `sink_query` are scored with the query rotated at position W - 1.
struct SlotRange {
    int begin, end;
    bool sink_query;
};

// One row, one key/value head, all query heads that share it (NUMERICS 8).
struct AttendTask {
    const uint8_t* keys;     // (slot/16, d/4, 16, 4)
    const uint8_t* values;   // (slot/4, d/16, 16, 4)
    const float* key_scale;  // (slot)
    const float* value_scale;  // (slot)
    const uint8_t* query[2];  // rotated at the row's position, and for sinks at W - 1: (head, d) elements
    const float* query_scale[2];  // (head), 1/sqrt(d) included
    const int32_t* query_bias[2];  // (head)
    int heads, d;
    SlotRange ranges[3];
    int range_count;
    bool cold;          // keys and values are not in the processor's cache yet
    int slots;          // row length of the scratch arrays below, a multiple of 16
    float* scores;      // (head, slot)
    uint8_t* weights;   // (plane, head, slot), `weight_bytes` each
    uint32_t* groups;   // (slot/4)
    float* out;         // (head, d)
};

struct Kernel {
    const char* name;
    bool (*runs_here)();
    int a_bytes;        // bytes of one quantised activation
    int weight_planes;  // attention weights are split into this many planes
    int weight_bytes;   // bytes of one attention weight in one plane
    uint8_t matrix_flip;  // packed matrices and keys are stored XOR this
    size_t fetch_from;    // bytes of a session's keys and values from which attention asks for them ahead
    // NUMERICS 6 and 4. Both return false when a value is not finite.
    bool (*norm_quantise)(const float* x, const float* w, int n, float eps, float* scratch, QuantRows out, int row);
    bool (*quantise)(const float* x, int n, QuantRows out, int row);
    // The second plane (NUMERICS 5): what quantising x left, quantised. x is overwritten by it.
    bool (*quantise_rest)(float* x, int n, QuantRows first, QuantRows rest, int row);
    // Quantises to plain int8 whatever a_bytes is (for the cache); the scale is returned in *scale.
    bool (*quantise_head)(const float* x, int n, int8_t* q, float* scale);
    // y = rope(x) with the tables of duplicated cosines and signed sines, both (d).
    void (*rope)(const float* x, const float* cosines, const float* sines, int d, float* y);
    // f = (g * sigmoid(g)) * u, and likewise with the tanh form of GELU
    void (*silu_multiply)(const float* g, const float* u, int n, float* f);
    void (*gelu_multiply)(const float* g, const float* u, int n, float* f);
    // y = rmsnorm(x, w); x and y may be the same
    void (*norm)(const float* x, const float* w, int n, float eps, float* y);
    // y = y + x
    void (*add)(const float* x, int n, float* y);
    void (*product)(const ProductTask& task);
    // False when a head's largest score is infinite.
    bool (*attend)(const AttendTask& task);
};

// Kernels compiled into this build, best first and ended by a null; the last is `scalar`, which runs everywhere.
// native/dispatch.h finds the best one that runs here.
const Kernel* const* compiled_kernels();

}  // namespace nacomp::exact
