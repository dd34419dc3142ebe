#include "context.h"

#include <algorithm>

namespace nacomp::exact {
namespace {
int panels(int n) { return (n + kSlots - 1) / kSlots * kSlots; }
}  // namespace

Cache::Cache(const Shape& shape, int window, int sinks, int max_rows)
    : layers_(shape.layers),
      kv_heads_(shape.kv_heads),
      d_(shape.head_size),
      window_(window),
      sinks_(sinks),
      ring_start_(panels(sinks)),
      ring_(panels(window - sinks + max_rows + kSlots)),
      slots_(ring_start_ + ring_) {}

void Cache::attach(uint8_t* keys, uint8_t* values, float* key_scale, float* value_scale) {
    keys_ = keys;
    values_ = values;
    key_scale_ = key_scale;
    value_scale_ = value_scale;
}

int Cache::slot_of(int64_t position) const {
    if (position < sinks_) return static_cast<int>(position);
    return ring_start_ + static_cast<int>((position - sinks_) % ring_);
}

int Cache::ranges(int64_t position, SlotRange* out) const {
    int count = 0;
    bool past_window = position >= window_;
    int sinks = position + 1 < sinks_ ? static_cast<int>(position) + 1 : sinks_;
    if (sinks > 0) out[count++] = {0, sinks, past_window};
    if (position < sinks_) return count;
    return count + ring_ranges(past_window ? position - (window_ - sinks_) + 1 : sinks_, position, out + count);
}

int Cache::near_ranges(int64_t position, int span, SlotRange* out) const {
    int count = 0;
    int64_t seen = span > 0 && span < window_ - sinks_ ? span : window_ - sinks_;
    int64_t first = position < seen ? 0 : position - seen + 1;
    if (first < sinks_) out[count++] = {static_cast<int>(first), static_cast<int>(std::min<int64_t>(position + 1, sinks_)), false};
    if (position < sinks_) return count;
    return count + ring_ranges(std::max<int64_t>(first, sinks_), position, out + count);
}

int Cache::ring_ranges(int64_t first, int64_t last, SlotRange* out) const {
    int begin = slot_of(first), end = slot_of(last) + 1;
    if (begin < end) {
        out[0] = {begin, end, false};
        return 1;
    }
    out[0] = {begin, slots_, false};
    out[1] = {ring_start_, end, false};
    return 2;
}

}  // namespace nacomp::exact
