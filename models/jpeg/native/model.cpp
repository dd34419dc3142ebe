#include "model.h"

#include <memory>
#include <string>
#include <utility>

#include "contexts.h"
#include "mixing/native/arithmetic.h"
#include "mixing/native/counters.h"
#include "mixing/native/kernels.h"
#include "mixing/native/memory.h"
#include "mixing/native/mixer.h"
#include "mixing/native/range_coder.h"

namespace nacomp::jpeg {
namespace {

using mixing::Counter;

constexpr int kLineBits = 18, kNodes = 16;    // the table of counters: lines of 16
constexpr int kMostContexts = 10;
constexpr uint32_t kLimit = 255;
constexpr uint32_t kHalf = Counter::made(mixing::kOne / 2);
enum Kind { kCount, kInner, kEdgeCount, kEdge, kDc };

struct Encode {
    mixing::BitEncoder coder;
    int code(int bit, uint32_t one) {
        coder.encode(bit, one);
        return bit;
    }
};
struct Decode {
    mixing::BitDecoder coder;
    int code(int, uint32_t one) { return coder.decode(one); }
};

// The probabilities of one kind of bits.
class Mix {
   public:
    Mix(const mixing::Kernel& kernel, int contexts, const std::vector<int>& sets, size_t estimates)
        : layers_(kernel, initial(contexts), for_nodes(sets), {kFinal, kExtra}, {kNodes, kNodes}, {kSecondFinal, kSecondExtra}),
          apm_(estimates * kNodes) {}
    int16_t* inputs() { return layers_.first().inputs(); }
    uint32_t p(const int (&rows)[3], int node, size_t estimate) {
        for (size_t set = 0; set < 3; set++) layers_.first().choose(set, static_cast<size_t>(rows[set] * kNodes + node));
        layers_.second().choose(0, static_cast<size_t>(node));
        layers_.second().choose(1, static_cast<size_t>(node));
        const int x = layers_.mix();
        const uint32_t refined = apm_.refine(x, estimate * kNodes + static_cast<size_t>(node));
        return std::clamp((3 * mixing::squash(x) + refined) >> 2, 1u, mixing::kOne - 1);
    }
    void learn(int bit) {
        layers_.learn(bit);
        apm_.learn(bit);
    }

   private:
    static constexpr int kFinal = 40, kExtra = 400, kSecondFinal = 10, kSecondExtra = 50;
    static std::vector<int> for_nodes(std::vector<int> sets) {
        for (int& rows : sets) rows *= kNodes;
        return sets;
    }
    static std::vector<int32_t> initial(int contexts) {
        return std::vector<int32_t>(static_cast<size_t>(1 + 2 * contexts), (1 << 16) / contexts * 2 / 3);
    }
    mixing::TwoLayers layers_;
    mixing::Apm apm_;
};

template <typename Coder>
class Model {
   public:
    Model(Picture& picture, Coder coder, size_t most, const mixing::Kernel& kernel)
        : picture_(picture),
          coder_(std::move(coder)),
          left_over_(most),
          table_(size_t{kNodes} << kLineBits),
          count_(kernel, 7, {3 * 16, 64, 16}, 3 * 2),
          inner_(kernel, 10, {2 * 64, 41, 128}, 2 * 64),
          edge_count_(kernel, 6, {6, 64, 15}, 6),
          edge_(kernel, 9, {2 * 64, 41, 64}, 2 * 64),
          dc_(kernel, 6, {3, 61, 17}, 3) {}
    Coder& run() {
        for (size_t i = 0; i < picture_.components.size(); i++) component(i);
        return coder_;
    }

   private:
    // The lines of a value's contexts.
    void begin(Kind kind, int position) {
        seed_ = mixing::combine(static_cast<uint32_t>(kind), static_cast<uint32_t>(position));
        contexts_ = 0;
    }
    void context(int64_t value) {
        const uint32_t hash = mixing::combine(mixing::combine(seed_, static_cast<uint32_t>(contexts_)), static_cast<uint32_t>(value));
        lines_[contexts_++] = &table_[size_t{(hash * 0x9E3779B1u) >> (32 - kLineBits)} * kNodes];
        prefetch_for_write(lines_[contexts_ - 1]);
    }
    int bit(Mix& mix, int node, int bit, const int (&rows)[3], size_t estimate) {
        int16_t* inputs = mix.inputs();
        inputs[0] = 256;
        for (int i = 0; i < contexts_; i++) {
            const uint32_t counter = lines_[i][node] ^ kHalf;
            const bool seen = (counter & 1023) != 0;
            const int p = static_cast<int>(Counter::p(counter) >> 10);
            inputs[1 + 2 * i] = static_cast<int16_t>(seen ? mixing::stretch12(static_cast<uint32_t>(p)) : 0);
            inputs[2 + 2 * i] = static_cast<int16_t>(seen ? (p - 2048) / 2 : 0);
        }
        const int found = coder_.code(bit, mix.p(rows, node, estimate) << 2);
        mix.learn(found);
        for (int i = 0; i < contexts_; i++) lines_[i][node] = Counter::learnt(lines_[i][node] ^ kHalf, found, kLimit) ^ kHalf;
        return found;
    }
    // A value: is it 0, how many bits has it, its sign, the bits below the highest.
    int value(Mix& mix, int value, const int (&rows)[3], size_t estimate) {
        if (!bit(mix, 0, value != 0, rows, estimate)) return 0;
        if (left_over_-- == 0) throw Unsuited("more coefficients than the file can hold");
        const int size = std::abs(value);
        int bits = 1;
        while (bits < kMostBits && bit(mix, 1 + bits, size >> bits != 0, rows, estimate)) bits++;
        const int negative = bit(mix, 1, value < 0, rows, estimate);
        int found = 1;
        for (int b = bits - 2; b >= 0; b--) {
            const int node = b == bits - 2 ? 13 : b == bits - 3 ? 14 : 15;
            found = found << 1 | bit(mix, node, size >> b & 1, rows, estimate);
        }
        return negative ? -found : found;
    }
    static void check(int value) {
        if (std::abs(value) >= 1 << kMostBits) throw Unsuited("a coefficient out of range");
    }

    void component(size_t number);
    int inner_count(const Block& b, size_t at);
    void inner(const Block& b, int count);
    int edge_count(const Block& b, bool row, int count);
    void edge(const Block& b, bool row, int count, int inner);
    void dc(const Block& b, size_t at, int x, int inner);

    static constexpr int kMostBits = 12;
    Picture& picture_;
    Coder coder_;
    size_t left_over_;
    mixing::Memory<uint32_t> table_;
    uint32_t seed_ = 0;
    int contexts_ = 0;
    uint32_t* lines_[kMostContexts] = {};
    Mix count_, inner_, edge_count_, edge_, dc_;
    // Of this component: inner coefficients of each block that are not 0, what its DC coefficient was off by; lower edges of the
    // row of blocks above, the right edge of the block before.
    int width_ = 0;
    std::vector<uint8_t> counts_;
    std::vector<int16_t> off_;
    std::vector<Edge> lower_;
    Edge right_{};
};

template <typename Coder>
void Model<Coder>::component(size_t number) {
    static const int16_t zeros[kCoefficients] = {};
    Component& own = picture_.components[number];
    Component* before = number ? &picture_.components[number - 1] : nullptr;
    width_ = own.width;
    const size_t blocks = static_cast<size_t>(own.width) * static_cast<size_t>(own.height);
    counts_.assign(blocks, 0);
    off_.assign(blocks, 0);
    lower_.assign(static_cast<size_t>(own.width), Edge{});
    for (int y = 0; y < own.height; y++)
        for (int x = 0; x < own.width; x++) {
            Block b{};
            b.own = own.block(x, y);
            b.has_above = y > 0;
            b.has_left = x > 0;
            b.above = y > 0 ? own.block(x, y - 1) : zeros;
            b.left = x > 0 ? own.block(x - 1, y) : zeros;
            b.corner = x > 0 && y > 0 ? own.block(x - 1, y - 1) : zeros;
            b.before = before ? before->block(x * before->width / own.width, y * before->height / own.height) : zeros;
            b.role = static_cast<int>(std::min<size_t>(number, 2));
            b.steps = picture_.quantisation[own.table];
            const size_t at = static_cast<size_t>(y) * static_cast<size_t>(own.width) + static_cast<size_t>(x);
            const int count = inner_count(b, at);
            counts_[at] = static_cast<uint8_t>(count);
            inner(b, count);
            for (const bool row : {true, false}) edge(b, row, edge_count(b, row, count), count);
            dc(b, at, x, count);
        }
}

inline int not_zero(const int16_t* q, int first, int step, int count) {
    int found = 0;
    for (int k = 0; k < count; k++) found += q[first + k * step] != 0;
    return found;
}

template <typename Coder>
int Model<Coder>::inner_count(const Block& b, size_t at) {
    const size_t width = static_cast<size_t>(width_);
    int above = b.has_above ? counts_[at - width] : 0, left = b.has_left ? counts_[at - 1] : 0;
    const int corner = b.has_above && b.has_left ? counts_[at - width - 1] : 0;
    const int right = b.has_above && (at + 1) % width != 0 ? counts_[at - width + 1] : 0;
    if (!b.has_above) above = left;
    if (!b.has_left) left = above;
    const int before = not_zero(b.before, 1, 1, 63);
    int own = 0;
    for (int v = 1; v < 8; v++) own += not_zero(b.own, v * 8 + 1, 1, 7);
    int found = 1;
    for (int half = 0; half < 2; half++) {
        const int group = half == 0 ? 0 : found;
        begin(kCount, b.role * 16 + group);
        context((above + left + 1) / 2);
        context(above * 64 + left);
        context((above * 2 + left * 2 + corner + right + 3) / 6 * 16 + before / 4);
        context(corner * 64 + right / 2 + 4096 * (left / 4));
        context(before);
        context(left);
        context(above);
        int node = 1;
        for (int k = 0; k < 3; k++) {
            const int rows[3] = {b.role * 16 + group, std::min(63, (above + left) / 2), std::min(15, before / 4)};
            node = node * 2 + bit(count_, node, own >> (5 - 3 * half - k) & 1, rows, static_cast<size_t>(b.role * 2 + half));
        }
        found = found * 8 + (node & 7);
    }
    return found & 63;
}

template <typename Coder>
void Model<Coder>::inner(const Block& b, int count) {
    int left = count, sum = 0, last = 0, last_but_one = 0;
    for (int k = 1; k < kCoefficients && left > 0; k++) {
        const int at = kZigzag[k], v = at >> 3, u = at & 7;
        if (v == 0 || u == 0) continue;
        check(b.own[at]);
        const int above = std::abs(b.above[at]), beside = std::abs(b.left[at]);
        const int near = (13 * (above + beside) + 6 * std::abs(b.corner[at])) / 8;
        const int row1 = u > 1 ? b.own[at - 1] : 0, column1 = v > 1 ? b.own[at - 8] : 0, both = u > 1 && v > 1 ? b.own[at - 9] : 0;
        const int row2 = u > 2 ? b.own[at - 2] : 0, column2 = v > 2 ? b.own[at - 16] : 0;
        const int inside = (std::abs(row1) + std::abs(column1)) * 2 + std::abs(both) + std::abs(row2) + std::abs(column2);
        const int64_t step = 181 * int64_t{b.steps[at]};
        const int64_t down = b.has_above ? from_above(b, u, v) / step : 0, across = b.has_left ? from_left(b, v, u) / step : 0;
        const int position = (b.role ? 64 : 0) + at, most = std::min(30, near);
        begin(kInner, position);
        context(std::min(near, 40) * 64 + left);
        context(magnitude(above) * 10 + magnitude(beside) + 1000 * std::min(left, 3));
        context(magnitude(row1) * 100 + magnitude(column1) * 10 + magnitude(both) + 1000 * (left / 4));
        context(count * 64 + left + 4096 * std::min(15, sum / 2));
        context(magnitude(last) * 10 + magnitude(last_but_one) + 100 * std::min(left, 10) + 2000 * (near > 4));
        context(signed_class(down) * 32 + signed_class(across));
        context((signed_class(b.before[at]) * 8 + std::min(7, left / 2)) * 16 + std::min(15, near / 2));
        context(most * 32 + std::min(30, inside));
        context(signed_class((down + across) / 2) * 64 + left);
        context((signed_class(row1) * 32 + signed_class(column1)) * 10 + magnitude(both));
        const int rows[3] = {position, std::min(40, near), std::min(63, left) * 2 + (near > 8)};
        const int found = value(inner_, b.own[at], rows, static_cast<size_t>(position));
        b.own[at] = static_cast<int16_t>(found);
        if (found != 0) left--;
        sum += std::abs(found);
        last_but_one = last;
        last = found;
    }
}

template <typename Coder>
int Model<Coder>::edge_count(const Block& b, bool row, int count) {
    const int step = row ? 1 : 8;
    const int above = not_zero(b.above, step, step, 7), left = not_zero(b.left, step, step, 7);
    const int before = not_zero(b.before, step, step, 7), own = not_zero(b.own, step, step, 7);
    const int other = row ? 0 : not_zero(b.own, 1, 1, 7);
    begin(kEdgeCount, b.role * 2 + row);
    context(count);
    context(above * 8 + left);
    context((above + left) * 64 + count);
    context(before * 64 + count / 2);
    context(other * 64 + count / 2);
    context(above * 8 + left + 64 * std::min(count / 3, 9));
    int node = 1;
    for (int k = 2; k >= 0; k--) {
        const int rows[3] = {b.role * 2 + row, count, above + left};
        node = node * 2 + bit(edge_count_, node, own >> k & 1, rows, static_cast<size_t>(b.role * 2 + row));
    }
    return node & 7;
}

template <typename Coder>
void Model<Coder>::edge(const Block& b, bool row, int count, int inner) {
    const int step = row ? 1 : 8;
    int left = count, last = 0;
    for (int k = 1; k < 8 && left > 0; k++) {
        const int at = k * step;
        check(b.own[at]);
        const int64_t twice = 64 * int64_t{b.steps[at]};
        const int64_t sum = row ? from_above(b, k, 8) : from_left(b, k, 8);
        const bool has = row ? b.has_above : b.has_left;
        const int64_t foreseen2 = has ? sum / twice : 0, foreseen = foreseen2 / 2;  // in half steps, in steps
        const int through = row ? b.above[at] : b.left[at], along = row ? b.left[at] : b.above[at];
        const int near = std::abs(b.above[at]) + std::abs(b.left[at]);
        int inside = 0;
        for (int t = 1; t < 4; t++) inside += std::abs(b.own[row ? t * 8 + k : k * 8 + t]);
        const int position = (b.role ? 64 : 0) + at;
        begin(kEdge, position);
        context(within(foreseen2, 40));
        context(within(foreseen, 30) * 8 + left);
        context(signed_class(last) * 32 + signed_class(along) + 1024 * left);
        context(std::min(20, inside) * 8 + left + 1024 * magnitude(through));
        context(signed_class(b.before[at]) * 64 + left * 8 + std::min(7, inside));
        context(within(foreseen, 20) * 32 + signed_class(b.before[at]));
        context(signed_class(through) * 32 + signed_class(along));
        context(within(foreseen, 20) * 128 + signed_class(last));
        context(std::min(31, near * 2 + std::abs(b.corner[at])) * 8 + left + 1024 * (inner / 8));
        const int rows[3] = {position, within(foreseen2, 20), left * 8 + std::min(7, inside)};
        const int found = value(edge_, b.own[at], rows, static_cast<size_t>(position));
        b.own[at] = static_cast<int16_t>(found);
        if (found != 0) left--;
        last = found;
    }
}

template <typename Coder>
void Model<Coder>::dc(const Block& b, size_t at, int x, int inner) {
    Edge& lower = lower_[static_cast<size_t>(x)];
    const Smooth all = smooth(b.has_above ? &lower : nullptr, edge_of(b.own, b.steps, true, false),
                              b.has_left ? &right_ : nullptr, edge_of(b.own, b.steps, false, false));
    const int step = b.steps[0];
    const int foreseen = static_cast<int>(std::clamp<int64_t>(floor_div(2 * int64_t{all.mean} + step, 2 * step), -2048, 2047));
    const int part = within(floor_div(4 * int64_t{all.mean}, step) - 4 * int64_t{foreseen}, 4);
    const int spread = static_cast<int>(std::min<int64_t>(60, 4 * int64_t{all.spread} / step));
    const int range = magnitude(all.range / step), difference = signed_class(all.difference / step);
    const int above = b.has_above ? off_[at - static_cast<size_t>(width_)] : 0, left = b.has_left ? off_[at - 1] : 0;
    begin(kDc, b.role);
    context(spread);
    context(range * 16 + std::min(15, inner / 3));
    context(difference * 8 + std::min(7, spread / 2));
    context(part * 10 + range);
    context(inner);
    context((difference * 16 + part) * 10 + magnitude(spread / 4) + 4096 * magnitude(above) + 65536 * magnitude(left));
    const int off = b.own[0] - foreseen;
    check(off);
    const int rows[3] = {b.role, spread, std::min(16, inner / 3)};
    const int found = value(dc_, off, rows, static_cast<size_t>(b.role));
    off_[at] = static_cast<int16_t>(found);
    b.own[0] = static_cast<int16_t>(foreseen + found);
    lower = edge_of(b.own, b.steps, true, true);
    right_ = edge_of(b.own, b.steps, false, true);
    for (Edge* edge : {&lower, &right_})
        for (auto& line : *edge)
            for (int32_t& sample : line) sample += b.own[0] * step;
}

}  // namespace

std::vector<uint32_t> encode_coefficients(Picture& picture, const mixing::Kernel& kernel) {
    auto model = std::make_unique<Model<Encode>>(picture, Encode{}, ~size_t{0}, kernel);
    return model->run().coder.finish();
}

void decode_coefficients(Picture& picture, std::vector<uint32_t> words, size_t most, const mixing::Kernel& kernel) {
    auto model = std::make_unique<Model<Decode>>(picture, Decode{mixing::BitDecoder(std::move(words))}, most, kernel);
    model->run();
}

}  // namespace nacomp::jpeg
