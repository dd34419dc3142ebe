// The buffers of a forward pass, made once for a session.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "buffer.h"
#include "kernels.h"
#include "session.h"

namespace nacomp::exact {

// A batch of quantised rows and where they live.
struct QuantBuffer {
    QuantBuffer(const Kernel& kernel, size_t rows, size_t width)
        : values(rows * width * kernel.a_bytes), scale(rows), bias(rows), stride(width) {}
    QuantRows view() { return {values.data(), stride, scale.data(), bias.data()}; }
    size_t bytes() const { return values.bytes() + scale.bytes() + bias.bytes(); }

    Buffer<uint8_t> values;
    Buffer<float> scale;
    Buffer<int32_t> bias;
    size_t stride;
};

// What one thread needs for itself.
struct Scratch {
    Scratch(const Model& m, int slots)
        : row(std::max({m.shape.width, m.shape.hidden, m.shape.queries()})),
          scores(static_cast<size_t>(m.shape.heads / m.shape.kv_heads) * slots),
          weights(scores.size() * m.kernel.weight_planes * m.kernel.weight_bytes),
          groups(slots / 4 + 16) {}
    size_t bytes() const { return row.bytes() + scores.bytes() + weights.bytes() + groups.bytes(); }

    Buffer<float> row;        // widest row of the model
    Buffer<float> scores;     // (head of a group, slot)
    Buffer<uint8_t> weights;  // (plane, head of a group, slot)
    Buffer<uint32_t> groups;  // (slot / 4)
};

// All of them.
struct Session::Workspace {
    Workspace(const Model& m, int rows, int slots)
        : x(rows * padded(m.shape.width)),
          wide(rows * padded(std::max({2 * m.shape.hidden, m.shape.heads_wide(), m.shape.width}))),
          mixed(rows * padded(m.shape.queries())),
          narrow_rows(m.kernel, rows, std::max(m.shape.width, m.shape.queries())),
          hidden_rows(m.kernel, rows, m.shape.hidden),
          narrow_rest(m.kernel, m.shape.planes ? rows : 0, std::max(m.shape.width, m.shape.queries())),
          hidden_rest(m.kernel, m.shape.planes ? rows : 0, m.shape.hidden),
          queries(m.kernel, rows * m.shape.heads, m.shape.head_size),
          sink_queries(m.kernel, rows * m.shape.heads, m.shape.head_size),
          angles(static_cast<size_t>(rows + 1) * 4 * m.shape.head_size) {
        for (int i = 0; i < m.pool.threads(); i++) scratch.emplace_back(m, slots);
    }
    size_t bytes() const {
        size_t total = x.bytes() + wide.bytes() + mixed.bytes() + narrow_rows.bytes() + hidden_rows.bytes() +
                       narrow_rest.bytes() + hidden_rest.bytes() +
                       queries.bytes() + sink_queries.bytes() + angles.bytes();
        for (const Scratch& s : scratch) total += s.bytes();
        return total;
    }

    Buffer<float> x;      // (row, padded E): the residual stream
    Buffer<float> wide;   // (row, padded): q, k, v of a row, its gate and up, or what a norm is still to see
    Buffer<float> mixed;  // (row, padded H * d): attention's output
    QuantBuffer narrow_rows, hidden_rows;
    QuantBuffer narrow_rest, hidden_rest;  // second planes, empty where a model has none
    QuantBuffer queries, sink_queries;  // (row * H, d); the latter rotated at position W - 1
    // (row + 1, other and local layers, cosines and sines, d); the last row is position W - 1
    Buffer<float> angles;
    std::vector<Scratch> scratch;       // (thread)
};

}  // namespace nacomp::exact
