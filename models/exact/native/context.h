// Where each position's key and value lie, and which of them a row sees. Mirrors context.py.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels.h"
#include "weights.h"

namespace nacomp::exact {

// Keys and values of one stream in all layers (NUMERICS 8): sinks in slots [0, padded sinks), then a ring.
//
// The ring holds the window and one call's rows besides, so that a row appended late in a call never overwrites what
// an earlier row of that call still attends to, and one more panel, so that the ring's two ends never share one.
class Cache {
public:
    Cache(const Shape& shape, int window, int sinks, int max_rows);
    // Slots of all layers and heads: what attach expects, times d bytes for keys and values each, and scales.
    size_t places() const { return panel(layers_, 0); }
    void attach(uint8_t* keys, uint8_t* values, float* key_scale, float* value_scale);
    int slot_of(int64_t position) const;
    // Ranges a row at `position` attends to; returns their number.
    int ranges(int64_t position, SlotRange* out) const;
    // As `ranges`, of the last `span` tokens alone.
    int near_ranges(int64_t position, int span, SlotRange* out) const;
    int slots() const { return slots_; }
    // (layer, kv head) arrays
    uint8_t* keys(int layer, int g) { return keys_ + panel(layer, g) * d_; }
    uint8_t* values(int layer, int g) { return values_ + panel(layer, g) * d_; }
    float* key_scale(int layer, int g) { return key_scale_ + panel(layer, g); }
    float* value_scale(int layer, int g) { return value_scale_ + panel(layer, g); }

    int64_t length = 0;  // tokens fed

private:
    // The ring's slots of positions first to last.
    int ring_ranges(int64_t first, int64_t last, SlotRange* out) const;
    size_t panel(int layer, int g) const { return (static_cast<size_t>(layer) * kv_heads_ + g) * slots_; }

    int layers_, kv_heads_, d_, window_, sinks_, ring_start_, ring_, slots_;
    uint8_t *keys_ = nullptr, *values_ = nullptr;
    float *key_scale_ = nullptr, *value_scale_ = nullptr;
};

}  // namespace nacomp::exact
