#include "choose.h"

#include <algorithm>
#include <map>

#include "block_model.h"

namespace nacomp::transforms {
namespace {

// What can be seen without trying.
struct Facts {
    std::size_t copies = 0;
    int shortest = kLongest, farthest = 0;
    bool runs_only = true, from_start = false;
    std::uint32_t capacity = 0;
};

// So many bytes are tried at the beginning, and as many in the middle.
constexpr std::uint32_t kSample = 1 << 16;

Facts facts_of(const Stream& stream) {
    Facts facts;
    std::uint32_t at = 0;
    std::map<std::uint32_t, int> counts;
    for (const Block& block : stream.blocks) {
        at = block.start;
        for (std::uint32_t i = 0; i < block.tokens; ++i) {
            const Token token = stream.tokens[block.first_token + i];
            if (token.length > 1) {
                ++facts.copies;
                facts.shortest = std::min<int>(facts.shortest, token.length);
                facts.farthest = std::max<int>(facts.farthest, token.distance);
                facts.runs_only &= token.distance == 1;
                facts.from_start |= token.distance == at;
            }
            at += static_cast<std::uint32_t>(width(token));
        }
        if (&block != &stream.blocks.back() && block.kind != BlockKind::kStored) ++counts[block.tokens];
    }
    // The count that most blocks have; where there is but one block, zlib's usual one.
    std::uint32_t most = 0;
    int times = 0;
    for (const auto& [tokens, number] : counts) {
        if (number >= times) most = tokens, times = number;
    }
    const std::uint32_t last = stream.blocks.back().tokens;
    facts.capacity = most > 0 ? most : last <= 16383 ? 16383 : last <= 32767 ? 32767 : last;
    return facts;
}

// The tokens of the blocks, each with its place.
template <class Visit>
void each_token(const Stream& stream, std::uint32_t from, std::uint32_t to, Visit visit) {
    for (const Block& block : stream.blocks) {
        if (block.start + block.size <= from) continue;
        std::uint32_t at = block.start;
        for (std::uint32_t i = 0; i < block.tokens; ++i) {
            const Token token = stream.tokens[block.first_token + i];
            if (at >= to) return;
            if (at >= from && !visit(at, token)) return;
            at += static_cast<std::uint32_t>(width(token));
        }
    }
}

// Bytes for a part of the stream, or more than `worst` as soon as it is clear that there will be.
std::size_t cost_of_part(const Stream& stream, const Parameters& parameters, std::uint32_t from, std::uint32_t to,
                         std::size_t worst) {
    TokenModel model(stream.bytes, parameters);
    DecisionEncoder coder;
    const std::uint32_t before = from > kWindow ? from - kWindow : 0;
    model.skip_to(before);
    each_token(stream, before, from, [&](std::uint32_t at, Token token) {
        model.learn(at, token);
        return true;
    });
    each_token(stream, from, to, [&](std::uint32_t at, Token token) {
        model.code(coder, at, token);
        return coder.size() <= worst;
    });
    return coder.size() <= worst ? coder.finish().size() : coder.size();
}

std::size_t cost_of(const Stream& stream, const Parameters& parameters, std::size_t worst) {
    const auto start = static_cast<std::uint32_t>(stream.dictionary), end = static_cast<std::uint32_t>(stream.bytes.size());
    const std::size_t first = cost_of_part(stream, parameters, start, std::min(start + kSample, end), worst);
    if (first > worst || end - start <= 4 * kSample) return first;
    const std::uint32_t middle = start + (end - start) / 2;
    return first + cost_of_part(stream, parameters, middle, middle + kSample, worst - first);
}

class Choice {
public:
    // Bytes for a sample of which nothing is unexpected: no need to look further.
    static constexpr std::size_t kPerfect = 6;

    explicit Choice(const Stream& stream) : stream_(stream) {}

    void consider(const Parameters& parameters) {
        if (cost_ <= kPerfect) return;
        const std::size_t cost = cost_of(stream_, parameters, cost_);
        if (cost < cost_) {
            cost_ = cost;
            best_ = parameters;
        }
    }

    void consider_level(Parameters parameters, int level) {
        parameters.search = level <= 3 ? Search::kGreedy : Search::kLazy;
        parameters.good = kLevels[level][0];
        parameters.lazy = kLevels[level][1];
        parameters.nice = kLevels[level][2];
        parameters.chain = kLevels[level][3];
        consider(parameters);
    }

    std::size_t cost() const { return cost_; }
    const Parameters& best() const { return best_; }

private:
    const Stream& stream_;
    std::size_t cost_ = ~std::size_t{0} >> 1;
    Parameters best_;
};

// How many blocks do not end as the rule says.
std::size_t irregular(const Stream& stream, const Parameters& parameters) {
    std::size_t count = 0;
    for (const Block& block : stream.blocks) {
        if (block.kind == BlockKind::kStored) continue;
        BlockEnd end(parameters, block.start);
        std::uint32_t at = block.start, left = block.tokens;
        bool ended = false;
        for (; left > 0 && !ended; --left) {
            const Token token = stream.tokens[block.first_token + block.tokens - left];
            ended = end.after(at, token);
            at += static_cast<std::uint32_t>(width(token));
        }
        count += left > 0 || !(ended || at == stream.bytes.size());
    }
    return count;
}

// Block ends, and the runs of code lengths.
void settle_blocks(const Stream& stream, Parameters& parameters) {
    Parameters gzip = parameters;
    gzip.truncates = true;
    gzip.capacity = 32767;
    if (irregular(stream, gzip) < irregular(stream, parameters)) {
        parameters.truncates = true;
        parameters.capacity = 32767;
    }
    std::size_t across = 0, apart = 0;
    for (const Trees& trees : stream.trees) {
        int at = 0;
        bool crosses = false;
        for (const Run& run : trees.runs) {
            crosses |= at < trees.literals && at + run.repeat > trees.literals;
            at += run.repeat;
        }
        ++(crosses ? across : apart);
    }
    parameters.joint = across > 0;
}

void try_zlib(Choice& choice, Parameters parameters, const Facts& facts, std::size_t content) {
    parameters.filtered = facts.copies > 0 && facts.shortest > 5;
    std::vector<int> windows;
    int fits = 9;
    while (fits < 15 && (1 << fits) - 262 < facts.farthest) ++fits;
    windows.push_back(15);
    if (fits < 15 && content > (std::size_t{1} << fits) - 262) windows.insert(windows.begin(), fits);
    // Blocks of zlib's smaller memory levels tell the hash; GNU gzip has those of level 9 and the usual hash.
    std::vector<int> hashes = {15};
    for (int level = 1; level <= 9; ++level)
        if (level != 8 && parameters.capacity == (1u << (level + 6)) - 1)
            hashes.insert(level == 9 ? hashes.end() : hashes.begin(), level + 7);
    for (const int window : windows)
        for (const int hash : hashes)
            for (const int level : {6, 9, 1, 5, 8, 7, 4, 3, 2}) {
                parameters.window_bits = static_cast<std::uint8_t>(window);
                parameters.hash_bits = static_cast<std::uint8_t>(hash);
                choice.consider_level(parameters, level);
            }
}

// The hash decides which places a short chain holds, so a wrong guess costs a little: where blocks do not tell, the others.
void try_hashes(Choice& choice) {
    for (const int hash : {16, 14, 13, 12, 11, 10, 9, 8}) {
        Parameters parameters = choice.best();
        parameters.hash_bits = static_cast<std::uint8_t>(hash);
        choice.consider(parameters);
    }
}

void try_others(Choice& choice, Parameters parameters) {
    parameters.from_start = true;
    for (const int level : {6, 9, 1}) choice.consider_level(parameters, level);
    parameters.search = Search::kGreedy;
    parameters.good = parameters.lazy = parameters.nice = kLongest;
    parameters.chain = 256;
    choice.consider(parameters);
}

}  // namespace

Parameters choose_parameters(const Stream& stream) {
    const Facts facts = facts_of(stream);
    const std::size_t content = stream.bytes.size() - stream.dictionary;
    Parameters parameters;
    parameters.capacity = facts.capacity;
    settle_blocks(stream, parameters);
    Choice choice(stream);
    parameters.search = Search::kLiterals;
    if (facts.copies == 0) choice.consider(parameters);
    parameters.search = Search::kRuns;
    if (facts.copies > 0 && facts.runs_only) choice.consider(parameters);
    if (!facts.from_start && facts.farthest <= kWindow - 262) try_zlib(choice, parameters, facts, content);
    // One byte for 512 of content is what a stream of zlib's hardly ever costs.
    const std::size_t usual = 16 + std::min<std::size_t>(content, 2 * kSample) / 512;
    if (choice.cost() <= 2 * usual) try_hashes(choice);
    if (choice.cost() <= usual) return choice.best();
    try_others(choice, parameters);
    Parameters rough = choice.best();
    rough.rough = true;
    choice.consider(rough);
    return choice.best();
}

}  // namespace nacomp::transforms
