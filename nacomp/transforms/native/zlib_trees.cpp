#include "zlib_trees.h"

#include <algorithm>

namespace nacomp::transforms {
namespace {

// zlib's heap of nodes by frequency, then by depth; places begin at 1.
class Heap {
public:
    Heap(const std::uint32_t* frequencies, int count) : frequency_(2 * count + 1), depth_(2 * count + 1), heap_(2 * count + 2) {
        for (int symbol = 0; symbol < count; ++symbol) {
            frequency_[symbol] = frequencies[symbol];
            if (frequencies[symbol]) {
                heap_[++size_] = symbol;
                last_ = symbol;
            }
        }
        while (size_ < 2) {
            const int symbol = last_ < 2 ? ++last_ : 0;
            heap_[++size_] = symbol;
            frequency_[symbol] = 1;
        }
        for (int at = size_ / 2; at >= 1; --at) sink(at);
    }

    int size() const { return size_; }
    int top() const { return heap_[1]; }

    int pop() {
        const int node = heap_[1];
        heap_[1] = heap_[size_--];
        sink(1);
        return node;
    }

    // `node` becomes the parent of `a` and of the top, whose place it takes.
    void join(int a, int node) {
        const int b = heap_[1];
        frequency_[node] = frequency_[a] + frequency_[b];
        depth_[node] = std::max(depth_[a], depth_[b]) + 1;
        heap_[1] = node;
        sink(1);
    }

private:
    bool smaller(int a, int b) const {
        return frequency_[a] < frequency_[b] || (frequency_[a] == frequency_[b] && depth_[a] <= depth_[b]);
    }

    void sink(int at) {
        const int node = heap_[at];
        for (int child = 2 * at; child <= size_; child *= 2) {
            if (child < size_ && smaller(heap_[child + 1], heap_[child])) ++child;
            if (smaller(node, heap_[child])) break;
            heap_[at] = heap_[child];
            at = child;
        }
        heap_[at] = node;
    }

    std::vector<std::uint64_t> frequency_;
    std::vector<int> depth_;
    std::vector<int> heap_;
    int size_ = 0;
    int last_ = -1;
};

// Takes back what exceeds the longest length: `counts` leaves by length, `overflow` nodes that were too deep.
void shorten(std::vector<int>& counts, int longest, int overflow) {
    for (; overflow > 0; overflow -= 2) {
        int bits = longest - 1;
        while (counts[bits] == 0) --bits;
        --counts[bits];
        counts[bits + 1] += 2;
        --counts[longest];
    }
}

}  // namespace

void build_lengths(const std::uint32_t* frequencies, int count, int longest, std::uint8_t* lengths) {
    Heap heap(frequencies, count);
    std::vector<int> parent(2 * count + 1), order;  // nodes, rarest first, two for every parent
    int node = count;
    do {
        const int a = heap.pop(), b = heap.top();
        order.push_back(a);
        order.push_back(b);
        parent[a] = parent[b] = node;
        heap.join(a, node++);
    } while (heap.size() >= 2);
    std::vector<int> depth(2 * count + 1), counts(longest + 2);
    int overflow = 0;
    for (auto at = order.rbegin(); at != order.rend(); ++at) {
        int bits = depth[parent[*at]] + 1;
        if (bits > longest) {
            bits = longest;
            ++overflow;
        }
        depth[*at] = bits;
        if (*at < count) ++counts[bits];
    }
    std::fill(lengths, lengths + count, std::uint8_t{0});
    shorten(counts, longest, overflow);
    // The rarest leaves get the longest codes.
    auto leaf = order.begin();
    for (int bits = longest; bits > 0; --bits)
        for (int left = counts[bits]; left > 0; ++leaf)
            if (*leaf < count) {
                lengths[*leaf] = static_cast<std::uint8_t>(overflow > 0 ? bits : depth[*leaf]);
                --left;
            }
}

Run expect_run(const std::uint8_t* lengths, int at, int start, int end) {
    const std::uint8_t length = lengths[at];
    int run = 1;
    while (at + run < end && lengths[at + run] == length) ++run;
    if (run >= 3 && length == 0) {
        if (run <= 10) return {17, static_cast<std::uint8_t>(run)};
        return {18, static_cast<std::uint8_t>(std::min(run, 138))};
    }
    if (run >= 3 && at > start && lengths[at - 1] == length) return {16, static_cast<std::uint8_t>(std::min(run, 6))};
    return {length, 1};
}

int used(const std::uint8_t* lengths, int count) {
    while (count > 0 && lengths[count - 1] == 0) --count;
    return count;
}

namespace {

// How often zlib would write each word of the header for `count` lengths.
void count_runs(const std::uint8_t* lengths, int count, std::array<std::uint32_t, kLengthCodes>& frequencies) {
    for (int at = 0; at < count;) {
        const Run run = expect_run(lengths, at, 0, count);
        ++frequencies[run.symbol];
        at += run.repeat;
    }
}

std::uint64_t header_bits(const Trees& trees) {
    std::array<std::uint32_t, kLengthCodes> frequencies{};
    count_runs(trees.literal_lengths.data(), used(trees.literal_lengths.data(), kLiteralCodes), frequencies);
    count_runs(trees.distance_lengths.data(), used(trees.distance_lengths.data(), kDistanceCodes), frequencies);
    std::array<std::uint8_t, kLengthCodes> lengths;
    build_lengths(frequencies.data(), kLengthCodes, 7, lengths.data());
    int needed = kLengthCodes;
    while (needed > 4 && lengths[kLengthOrder[needed - 1]] == 0) --needed;
    std::uint64_t bits = 14 + 3 * static_cast<std::uint64_t>(needed);
    for (int i = 0; i < kLengthCodes; ++i) {
        const int extra = i == 16 ? 2 : i == 17 ? 3 : i == 18 ? 7 : 0;
        bits += std::uint64_t{frequencies[i]} * static_cast<std::uint64_t>(lengths[i] + extra);
    }
    return bits;
}

}  // namespace

bool expect_fixed(const Frequencies& frequencies, const Trees& expected) {
    std::uint64_t fixed = 3, dynamic = 3 + header_bits(expected);
    for (int i = 0; i < kLiteralCodes; ++i) {
        fixed += std::uint64_t{frequencies.literals[i]} * static_cast<std::uint64_t>(fixed_length(i));
        dynamic += std::uint64_t{frequencies.literals[i]} * expected.literal_lengths[i];
        const std::uint64_t extra = i > kEndOfBlock ? kLengthExtra[i - 257] : 0;
        fixed += frequencies.literals[i] * extra;
        dynamic += frequencies.literals[i] * extra;
    }
    for (int i = 0; i < kDistanceCodes; ++i) {
        fixed += std::uint64_t{frequencies.distances[i]} * static_cast<std::uint64_t>(5 + kDistanceExtra[i]);
        dynamic += std::uint64_t{frequencies.distances[i]} *
                   static_cast<std::uint64_t>(expected.distance_lengths[i] + kDistanceExtra[i]);
    }
    return (fixed + 7) / 8 <= (dynamic + 7) / 8;
}

}  // namespace nacomp::transforms
