// A vocabulary as a tree of yes/no decisions: the bits of a token's bytes, and "the token ends here" where a token begins another.
//
// The tokens are sorted by their bytes, so all that share a beginning are a range of places. A node is where such a range falls
// apart; a bit that all tokens of a range agree on is no node and costs nothing. V tokens make V - 1 nodes, whatever their length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace nacomp::mixing {

struct TreeNode {
    int32_t split;     // places from here on are behind a 1
    int32_t child[2];  // a node, or ~place of a token
    uint32_t depth;    // bits of the token before this decision
    bool end;          // asks "longer?" instead of a bit: 0 ends the token
};

class TokenTree {
   public:
    // pieces: bytes of each symbol id, empty for those that are never coded; at least two are not empty.
    explicit TokenTree(const std::vector<std::string>& pieces);

    int ids() const { return static_cast<int>(places_.size()); }
    int places() const { return static_cast<int>(symbols_.size()); }
    int32_t root() const { return root_; }
    const TreeNode& node(int32_t at) const { return nodes_[static_cast<size_t>(at)]; }
    int32_t symbol(int place) const { return symbols_[static_cast<size_t>(place)]; }
    const std::vector<int32_t>& symbols() const { return symbols_; }  // (places)
    // The place of a symbol, -1 for one that is never coded.
    int place(int32_t symbol) const { return places_[static_cast<size_t>(symbol)]; }
    const uint8_t* bytes(int place) const { return &bytes_[begin_[static_cast<size_t>(place)]]; }
    int size(int place) const {
        return static_cast<int>(begin_[static_cast<size_t>(place) + 1] - begin_[static_cast<size_t>(place)]);
    }

   private:
    void build();

    std::vector<int32_t> symbols_, places_;
    std::vector<size_t> begin_;   // (places + 1)
    std::vector<uint8_t> bytes_;
    std::vector<TreeNode> nodes_;
    int32_t root_ = 0;
};

}  // namespace nacomp::mixing
