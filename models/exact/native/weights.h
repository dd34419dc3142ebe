// A model's int8 weights, packed once for the chosen kernel. Mirrors weights.py; knows no Python.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "buffer.h"
#include "kernels.h"
#include "pool.h"

namespace nacomp::exact {

struct Shape {
    int width;          // E
    int heads;          // H
    int kv_heads;       // G
    int head_size;      // d
    int hidden;         // of the feed-forward part
    int layers;
    int vocabulary;     // V
    int rotary_pairs;   // R / 2
    float eps;          // of the norms
    bool planes = false;  // activations have a second plane (NUMERICS 5)
    bool gelu = false;  // the gate is the tanh form of GELU, not SiLU
    float embedding_scale = 1.0f;
    float score_scale = 0.0f;  // of attention scores; 0: the root of 1 / d
    int span = 0;       // tokens that a local layer sees, its own included; 0: as many as the others

    // What is wrong with these numbers, or nullptr.
    const char* problem() const;
    int queries() const { return heads * head_size; }
    int keys() const { return kv_heads * head_size; }
    int heads_wide() const { return queries() + 2 * keys(); }  // queries, keys and values of a row
    float score_factor() const;
};

// Column tensors that share an input are stored as one matrix: (q, k, v) and (gate, up).
enum class MatrixId { query, key, value, attn_output, gate, up, down, output };
// The last four are in few architectures: of each query and key head, and of what is added to the residual stream.
enum class NormId { attention, feed_forward, output, query, key, post_attention, post_feed_forward };

// A matrix packed for the chosen kernel; filled row range by row range. The memory belongs to the model.
class Matrix {
public:
    Matrix() = default;
    Matrix(int columns, int k, uint8_t flip, uint8_t* panels, float* scale);
    // q: (rows, k) int8 row-major, scale: (rows), placed at output columns [first, first + rows).
    void set_rows(int first, int rows, const int8_t* q, const float* scale);
    // x[k] = q[column][k] * scale[column]
    void column_values(int column, float* x) const;
    PackedMatrix view() const { return {panels_, scale_, columns_, k_}; }
    float largest_scale() const { return largest_scale_; }

private:
    int columns_ = 0, k_ = 0;
    float largest_scale_ = 0.0f;
    uint8_t flip_ = 0;
    uint8_t* panels_ = nullptr;  // (column/32, k/4, 32, 4)
    float* scale_ = nullptr;     // (column), padded to a multiple of 32
};

struct Layer {
    Matrix qkv, attn_output, gate_up, down;
    std::vector<float> attention_norm, feed_forward_norm;
    // Empty where the model has none.
    std::vector<float> bias;  // (queries, keys and values)
    std::vector<float> query_norm, key_norm, post_attention_norm, post_feed_forward_norm;
    bool local = false;  // turns by the local steps, and sees no more than the span
};

// Weights for one kernel and the threads that serve all sessions of it. Loading is single-threaded; after that it is
// constant and any number of sessions may use it at the same time.
class Model {
public:
    Model(const Shape& shape, const uint64_t* rotary_steps, const Kernel& kernel, int threads);
    // (rows, k) int8 and (rows) scales; `layer` is ignored for the output matrix.
    void set_matrix(MatrixId id, int layer, const int8_t* q, const float* scale);
    void set_norm(NormId id, int layer, const float* w);
    int norm_size(NormId id) const;
    void set_bias(int layer, const float* b);
    // (layer) which are local, and how their pairs turn.
    void set_local(const uint8_t* layers, const uint64_t* steps);
    bool has_local() const { return !local_rotary_steps.empty(); }
    // An embedding of its own. Without it the output matrix serves as embedding (tied).
    void set_embedding(const int8_t* q, const float* scale);
    // Rows and columns that set_matrix expects.
    int matrix_rows(MatrixId id) const;
    int matrix_columns(MatrixId id) const;
    void embed(int token, float* x) const;
    size_t bytes() const;

    const Shape shape;
    const Kernel& kernel;
    const std::vector<uint64_t> rotary_steps;
    std::vector<uint64_t> local_rotary_steps;  // empty if no layer is local
    std::vector<Layer> layers;
    Matrix output;
    std::vector<float> output_norm;
    mutable Pool pool;
    mutable Pools others;  // where several blocks of a small model have threads to share
    mutable std::atomic<int> users{0};  // blocks being coded with it just now

private:
    Matrix place(int columns, int k);

    // All matrices one behind the other: few of them would fill a huge page alone, and with small pages one stream
    // decoded a third slower.
    Buffer<uint8_t> panels_;
    Buffer<float> scales_;
    size_t panels_used_ = 0, scales_used_ = 0;
    std::vector<int8_t> embedding_;        // (token, E), empty if tied
    std::vector<float> embedding_scale_;   // (token)
};

}  // namespace nacomp::exact
