#include "weights.h"

#include <cmath>
#include <cstring>
#include <utility>

namespace nacomp::exact {
namespace {

bool lanes(int n) { return n >= 16 && n <= 65536 && n % 16 == 0; }

}  // namespace

const char* Shape::problem() const {
    if (!lanes(width) || !lanes(hidden)) return "widths must be multiples of 16 up to 65536";
    if (!lanes(head_size) || head_size > 256) return "the head size must be a multiple of 16 up to 256";
    if (kv_heads < 1 || heads < kv_heads || heads > 1024 || heads % kv_heads) return "query heads must be a multiple of key/value heads";
    if (queries() > 65536) return "the heads are wider than 65536 together";
    if (layers < 1 || layers > 1024) return "the number of layers is out of range";
    if (vocabulary < 1 || vocabulary > (1 << 24)) return "the vocabulary's size is out of range";
    if (span < 0) return "the span is out of range";
    if (rotary_pairs < 0 || rotary_pairs > head_size / 2) return "the rotary dimension is out of range";
    return nullptr;
}

float Shape::score_factor() const {
    return score_scale > 0.0f ? score_scale : 1.0f / std::sqrt(static_cast<float>(head_size));
}

Matrix::Matrix(int columns, int k, uint8_t flip, uint8_t* panels, float* scale)
    : columns_(columns), k_(k), flip_(flip), panels_(panels), scale_(scale) {
    memset(panels, flip, padded(columns) * k);
}

void Matrix::set_rows(int first, int rows, const int8_t* q, const float* scale) {
    for (int row = 0; row < rows; row++) {
        int column = first + row;
        uint8_t* panel = panels_ + static_cast<size_t>(column / kBlock) * kBlock * k_ + column % kBlock * 4;
        for (int k = 0; k < k_; k += 4)
            for (int j = 0; j < 4; j++)
                panel[k * kBlock + j] = static_cast<uint8_t>(q[static_cast<size_t>(row) * k_ + k + j]) ^ flip_;
        scale_[column] = scale[row];
        if (scale[row] > largest_scale_) largest_scale_ = scale[row];
    }
}

void Matrix::column_values(int column, float* x) const {
    const uint8_t* panel = panels_ + static_cast<size_t>(column / kBlock) * kBlock * k_ + column % kBlock * 4;
    for (int k = 0; k < k_; k += 4)
        for (int j = 0; j < 4; j++)
            x[k + j] = static_cast<float>(static_cast<int8_t>(panel[k * kBlock + j] ^ flip_)) * scale_[column];
}

Model::Model(const Shape& shape_, const uint64_t* steps, const Kernel& kernel_, int threads)
    : shape(shape_),
      kernel(kernel_),
      rotary_steps(steps, steps + shape_.rotary_pairs),
      output_norm(shape_.width),
      pool(threads) {
    size_t qkv = padded(shape.heads_wide()), width = padded(shape.width);
    size_t gate_up = padded(2 * shape.hidden), vocabulary = padded(shape.vocabulary);
    size_t layer_panels = (qkv + gate_up) * shape.width + width * (shape.queries() + shape.hidden);
    size_t layer_scales = qkv + gate_up + 2 * width;
    panels_ = Buffer<uint8_t>(shape.layers * layer_panels + vocabulary * shape.width);
    scales_ = Buffer<float>(shape.layers * layer_scales + vocabulary);
    for (int i = 0; i < shape.layers; i++) {
        Layer layer;
        layer.qkv = place(shape.heads_wide(), shape.width);
        layer.attn_output = place(shape.width, shape.queries());
        layer.gate_up = place(2 * shape.hidden, shape.width);
        layer.down = place(shape.width, shape.hidden);
        layer.attention_norm.resize(shape.width);
        layer.feed_forward_norm.resize(shape.width);
        layers.push_back(std::move(layer));
    }
    output = place(shape.vocabulary, shape.width);
}

Matrix Model::place(int columns, int k) {
    Matrix matrix(columns, k, kernel.matrix_flip, panels_.data() + panels_used_, scales_.data() + scales_used_);
    panels_used_ += padded(columns) * k;
    scales_used_ += padded(columns);
    return matrix;
}

int Model::matrix_rows(MatrixId id) const {
    switch (id) {
        case MatrixId::query: return shape.queries();
        case MatrixId::key:
        case MatrixId::value: return shape.keys();
        case MatrixId::gate:
        case MatrixId::up: return shape.hidden;
        case MatrixId::output: return shape.vocabulary;
        default: return shape.width;
    }
}

int Model::matrix_columns(MatrixId id) const {
    switch (id) {
        case MatrixId::attn_output: return shape.queries();
        case MatrixId::down: return shape.hidden;
        default: return shape.width;
    }
}

void Model::set_matrix(MatrixId id, int layer, const int8_t* q, const float* scale) {
    int rows = matrix_rows(id);
    if (id == MatrixId::output) return output.set_rows(0, rows, q, scale);
    Layer& target = layers[layer];
    switch (id) {
        case MatrixId::query: return target.qkv.set_rows(0, rows, q, scale);
        case MatrixId::key: return target.qkv.set_rows(shape.queries(), rows, q, scale);
        case MatrixId::value: return target.qkv.set_rows(shape.queries() + shape.keys(), rows, q, scale);
        case MatrixId::attn_output: return target.attn_output.set_rows(0, rows, q, scale);
        case MatrixId::gate: return target.gate_up.set_rows(0, rows, q, scale);
        case MatrixId::up: return target.gate_up.set_rows(shape.hidden, rows, q, scale);
        default: return target.down.set_rows(0, rows, q, scale);
    }
}

int Model::norm_size(NormId id) const {
    return id == NormId::query || id == NormId::key ? shape.head_size : shape.width;
}

void Model::set_norm(NormId id, int layer, const float* w) {
    std::vector<float>* target = &output_norm;
    switch (id) {
        case NormId::attention: target = &layers[layer].attention_norm; break;
        case NormId::feed_forward: target = &layers[layer].feed_forward_norm; break;
        case NormId::query: target = &layers[layer].query_norm; break;
        case NormId::key: target = &layers[layer].key_norm; break;
        case NormId::post_attention: target = &layers[layer].post_attention_norm; break;
        case NormId::post_feed_forward: target = &layers[layer].post_feed_forward_norm; break;
        case NormId::output: break;
    }
    target->assign(w, w + norm_size(id));
}

void Model::set_bias(int layer, const float* b) { layers[layer].bias.assign(b, b + shape.heads_wide()); }

void Model::set_local(const uint8_t* local, const uint64_t* steps) {
    for (int i = 0; i < shape.layers; i++) layers[i].local = local[i] != 0;
    local_rotary_steps.assign(steps, steps + shape.rotary_pairs);
}

void Model::set_embedding(const int8_t* q, const float* scale) {
    embedding_.assign(q, q + static_cast<size_t>(shape.vocabulary) * shape.width);
    embedding_scale_.assign(scale, scale + shape.vocabulary);
}

void Model::embed(int token, float* x) const {
    if (embedding_.empty()) {
        output.column_values(token, x);
    } else {
        const int8_t* q = embedding_.data() + static_cast<size_t>(token) * shape.width;
        for (int i = 0; i < shape.width; i++) x[i] = static_cast<float>(q[i]) * embedding_scale_[token];
    }
    for (int i = 0; i < shape.width; i++) x[i] = x[i] * shape.embedding_scale;
}

size_t Model::bytes() const {
    return panels_.bytes() + scales_.bytes() + embedding_.size() + embedding_scale_.size() * sizeof(float);
}

}  // namespace nacomp::exact
