#include "token_bits.h"

#include <algorithm>

#include "native/dispatch.h"

namespace nacomp::mixing {

namespace {

constexpr MixerRates kRates = {10, 40}, kFinalRates = {2, 6};
constexpr int kBuckets = 24;     // of a probability in the logistic domain
// A decision as sure as 0.9994 is coded without the mixer, which learns nothing of it: a quarter of the mixer's time saved, 0.05%
// of prose and 0.3% of tables lost.
constexpr int kSure = 1900;
constexpr uint32_t kConfidence = 30;  // observations that the ends' last stage begins with

int bits_for(uint64_t size, int least, int most) {
    int bits = least;
    while (bits < most && (uint64_t{1} << bits) < size) bits++;
    return bits;
}

int node_bits(uint64_t size) { return bits_for(size * 4, 12, 21); }
int end_bits(uint64_t size) { return bits_for(size * 4, 12, 20); }

Settings settings(uint64_t size, int outside) {
    Settings result;
    result.profile = Profile::text;
    result.size = size;
    result.outside_inputs = outside;
    result.selectors = {8 * kBuckets, 2 * kBuckets * kBuckets};
    return result;
}

// All trust in what the chain made of the model's row.
std::vector<int32_t> initial_weights(int inputs) {
    std::vector<int32_t> initial(static_cast<size_t>(inputs), 0);
    initial[0] = 20000;
    initial[1] = 45536;
    return initial;
}

int bucket(int x) { return std::min(std::max((x + 3072) >> 8, 0), kBuckets - 1); }

}  // namespace

TokenBits::TokenBits(const TokenTree& tree, uint64_t size, int streams)
    : tree_(tree),
      bytes_(settings(size, kRowInputs + kNodeContexts), streams),
      node_contexts_(kNodeContexts, node_bits(size)),
      end_contexts_(kEndContexts, end_bits(size)),
      ends_(*find_kernel(compiled_kernels(), ""), initial_weights(kRowInputs + 1 + kEndContexts * ContextSet::kInputs),
            {2 * kBuckets * kBuckets, 16 * 32, kBuckets * 64}, kRates, {2 * kBuckets, 16}, kFinalRates),
      end_apm_(16 * 64, 1023, kConfidence),
      sure_apm_(2, 1023, kConfidence),
      tokens_(static_cast<size_t>(streams)) {}

uint64_t TokenBits::memory(uint64_t size) {
    const uint64_t own = (uint64_t{8} << node_bits(size)) + (uint64_t{8} << end_bits(size));
    return Mixing::memory(settings(size, kRowInputs + kNodeContexts)) + own + (uint64_t{1} << 21);
}

void TokenBits::open(int stream, const TokenRow& row) {
    stream_ = stream;
    depth_ = 0;
    expected_ = static_cast<uint32_t>(row.likeliest) + 1;
    uint64_t most = row.chained(row.likeliest, row.likeliest + 1);
    for (int i = 0; i < row.candidates; i++)
        if (row.mass[i] > most) most = row.mass[i], expected_ = static_cast<uint32_t>(row.place[i]) + 1;
}

void TokenBits::close(int place) {
    pass(place, static_cast<uint32_t>(tree_.size(place)) * 8);
    Tokens& tokens = tokens_[static_cast<size_t>(stream_)];
    tokens.last[2] = tokens.last[1];
    tokens.last[1] = tokens.last[0];
    tokens.last[0] = static_cast<uint32_t>(place) + 1;
    tokens.sizes[1] = tokens.sizes[0];
    tokens.sizes[0] = static_cast<uint32_t>(tree_.size(place));
}

void TokenBits::pass(int place, uint32_t depth) {
    const uint8_t* bytes = tree_.bytes(place);
    for (; depth_ < depth; depth_++) bytes_.pass(stream_, bytes[depth_ / 8] >> (7 - depth_ % 8) & 1);
}

void TokenBits::row_inputs(const TokenRow& row, int lo, int split, int hi) {
    outside_[0] = static_cast<int16_t>(odds(row.base(lo, split), row.base(split, hi)));
    outside_[1] = static_cast<int16_t>(odds(row.chained(lo, split), row.chained(split, hi)));
    bucket_ = bucket(outside_[1]);
}

bool TokenBits::is_sure() const {
    return (outside_[1] >= kSure && outside_[0] >= 0) || (outside_[1] <= -kSure && outside_[0] <= 0);
}

uint32_t TokenBits::predict_sure(bool end) {
    const uint32_t p = (squash(outside_[1]) + sure_apm_.refine(outside_[1], end ? 1 : 0)) / 2;
    return std::min(std::max(p, 1u), kOne - 1);
}

void TokenBits::learn_sure(bool end, int bit) {
    sure_apm_.learn(bit);
    if (end) return;
    bytes_.pass(stream_, bit);
    depth_++;
}

uint32_t TokenBits::predict_bit(const TokenRow& row, int32_t at) {
    const TreeNode& node = tree_.node(at);
    const int b = bucket_;
    const Tokens& tokens = tokens_[static_cast<size_t>(stream_)];
    const uint32_t self = static_cast<uint32_t>(at);
    const uint32_t hashes[kNodeContexts] = {
        combine(self, tokens.last[0]), combine(combine(self, expected_), tokens.last[0])};
    int16_t inputs[kNodeContexts * ContextSet::kInputs];
    node_contexts_.predict(hashes, inputs);
    for (int i = 0; i < kNodeContexts; i++) outside_[kRowInputs + i] = inputs[i * ContextSet::kInputs + 1];
    const int early = static_cast<int>(std::min<uint32_t>(node.depth / 8, 3));
    const int unasked = row.asked ? 0 : 1;
    const int selected[] = {(unasked * 4 + early) * kBuckets + b, (unasked * kBuckets + bucket(outside_[0])) * kBuckets + b};
    return bytes_.predict_beside(stream_, outside_, selected);
}

void TokenBits::learn_bit(int bit) {
    bytes_.learn(bit);
    node_contexts_.learn(bit);
    depth_++;
}

uint32_t TokenBits::predict_end(const TokenRow& row, int32_t at) {
    const TreeNode& node = tree_.node(at);
    const int b = bucket_;
    const Tokens& tokens = tokens_[static_cast<size_t>(stream_)];
    const Stream& s = bytes_.stream(stream_);
    const uint32_t self = static_cast<uint32_t>(at), size = node.depth / 8, c4 = s.last4, last = tokens.last[0];
    const uint32_t hashes[kEndContexts] = {
        self,
        combine(self, last),
        combine(c4 & 0xff, size),
        c4 & 0xffff,
        c4 & 0xffffff,
        combine(c4, size),
        combine(c4, s.last8 & 0xff),
        combine(c4, s.last8 & 0xffff),
        combine(combine(size, tokens.sizes[0]), tokens.sizes[1]),
        combine(self, s.text.field),
        combine(s.text.word, size),
        combine(combine(self, last), tokens.last[1]),
        combine(self, expected_),
        combine(combine(self, expected_), last)};
    int16_t* inputs = ends_.first().inputs();
    inputs[0] = outside_[0];
    inputs[1] = outside_[1];
    inputs[2] = 256;
    const int seen = end_contexts_.predict(hashes, inputs + kRowInputs + 1);
    const int few = static_cast<int>(std::min<uint32_t>(size, 15));
    const int unasked = row.asked ? 0 : 1;
    ends_.first().choose(0, static_cast<size_t>((unasked * kBuckets + bucket(outside_[0])) * kBuckets + b));
    ends_.first().choose(1, static_cast<size_t>(few * 32 + seen));
    ends_.first().choose(2, static_cast<size_t>(b * 64) + (c4 & 0xff) / 4);
    ends_.second().choose(0, static_cast<size_t>(unasked * kBuckets + b));
    ends_.second().choose(1, static_cast<size_t>(few));
    const int x = ends_.mix();
    const uint32_t p = squash(x), refined = end_apm_.refine(x, static_cast<size_t>(few * 64) + (c4 & 0xff) / 4);
    return std::min(std::max((p + refined) / 2, 1u), kOne - 1);
}

void TokenBits::learn_end(int bit) {
    ends_.learn(bit);
    end_contexts_.learn(bit);
    end_apm_.learn(bit);
}

}  // namespace nacomp::mixing
