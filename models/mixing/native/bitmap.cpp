// The bitmap profile: one-bit pixels, predicted bit by bit from the pixels around.
#include "bitmap.h"

#include "contexts.h"

namespace nacomp::mixing {

namespace {

constexpr Shape kNode = {1, 1, {0}, {1}}, kChoice = {2, 2, {2, 0}, {2, 1}}, kAbove = {0, 1, {1}, {1}};
constexpr Shape kNear8 = {3, 2, {1, 0}, {2, 0}}, kNear16 = {4, 2, {3, 2}, {3, 2}}, kNear24 = {6, 3, {4, 3, 0}, {4, 3, 1}};
constexpr Shape kShapes[] = {
    {4, 2, {2, 1}, {2, 1}},
    {5, 2, {3, 2}, {3, 2}},
    {6, 3, {4, 3, 1}, {4, 3, 1}},
    {8, 3, {6, 4, 2}, {6, 4, 2}},
    {11, 4, {8, 6, 4, 2}, {8, 6, 4, 2}},
    {16, 5, {11, 8, 6, 4, 2}, {11, 8, 6, 4, 2}},
    {2, 4, {1, 1, 0, 0}, {2, 3, 4, 5}},
    {2, 4, {3, 4, 5, 6}, {1, 1, 0, 0}},
    {1, 5, {1, 1, 1, 1, 1}, {1, 1, 1, 1, 1}},
    {1, 1, {0}, {15}},
    {20, 0, {}, {}},
};

// The bytes about the one above, each row's in one number. What no whole byte holds yet, and what lies before the start, is 0.
void look_up(Stream& s, uint32_t width) {
    for (uint32_t y = 1; y <= kRowsAbove; y++) {
        uint64_t bytes = 0;
        for (uint32_t k = 0; k < 5; k++) bytes = bytes << 8 | (y * width + 2 > k ? s.back(y * width + 2 - k) : 0);
        s.pixels.above[y] = bytes;
    }
}

class Around {
   public:
    explicit Around(const Stream& s)
        : above_(s.pixels.above), last_(23 - s.bit_count), left_(s.last4 << s.bit_count | (s.bits ^ 1u << s.bit_count)) {}
    uint32_t left(const Shape& shape) const { return left_ & ((1u << shape.left) - 1); }
    uint32_t row(const Shape& shape, uint32_t y) const {
        const uint32_t before = shape.before[y - 1], behind = shape.behind[y - 1];
        return static_cast<uint32_t>(above_[y] >> (last_ - behind)) & ((1u << (before + behind + 1)) - 1);
    }
    uint32_t number(const Shape& shape) const {
        uint32_t number = left(shape);
        for (uint32_t y = 1; y <= shape.rows; y++) number = number << (shape.before[y - 1] + shape.behind[y - 1] + 1) | row(shape, y);
        return number;
    }
    uint32_t hashed(const Shape& shape) const {
        uint32_t hash = combine(0, left(shape));
        for (uint32_t y = 1; y <= shape.rows; y++) hash = combine(hash, row(shape, y));
        return hash;
    }

   private:
    const uint64_t* above_;
    uint32_t last_;  // where in them the pixel above the coming one is
    uint32_t left_;  // the last pixels of this row, the newest lowest: the first three bytes and more
};

}  // namespace

void bitmap_contexts(Stream& s, const Settings& settings, ContextList list) {
    const uint32_t width = static_cast<uint32_t>(settings.width);
    if (s.bit_count == 0) look_up(s, width);
    const Around around(s);
    s.pixels.node = around.number(kNode);
    s.pixels.near8 = around.number(kNear8);
    s.pixels.near16 = around.number(kNear16);
    s.pixels.near24 = around.number(kNear24);
    s.pixels.choice = around.number(kChoice);
    for (const Shape& shape : kShapes) list.add(around.hashed(shape));
    list.add(0);
    list.add(combine(8 * s.column(width) + s.bit_count, around.number(kAbove)));
    list.add(expected(s));
}

}  // namespace nacomp::mixing
