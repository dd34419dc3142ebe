#include "token_tree.h"

#include <algorithm>
#include <stdexcept>

namespace nacomp::mixing {

TokenTree::TokenTree(const std::vector<std::string>& pieces) : places_(pieces.size(), -1) {
    for (size_t id = 0; id < pieces.size(); id++)
        if (!pieces[id].empty()) symbols_.push_back(static_cast<int32_t>(id));
    if (symbols_.size() < 2) throw std::invalid_argument("a vocabulary needs two tokens with bytes");
    // std::string compares as unsigned bytes, a beginning before what goes on; equal pieces in the order of their ids.
    std::stable_sort(symbols_.begin(), symbols_.end(), [&](int32_t a, int32_t b) {
        return pieces[static_cast<size_t>(a)] < pieces[static_cast<size_t>(b)];
    });
    for (size_t place = 0; place < symbols_.size(); place++) {
        const std::string& piece = pieces[static_cast<size_t>(symbols_[place])];
        places_[static_cast<size_t>(symbols_[place])] = static_cast<int32_t>(place);
        begin_.push_back(bytes_.size());
        bytes_.insert(bytes_.end(), piece.begin(), piece.end());
    }
    begin_.push_back(bytes_.size());
    build();
}

// Without recursion: a vocabulary from a stranger's file may nest as deep as it likes.
void TokenTree::build() {
    struct Task {
        int lo, hi;
        uint32_t depth;
        int32_t parent;  // -1: the root
        int side;
    };
    std::vector<Task> tasks{{0, places(), 0, -1, 0}};
    while (!tasks.empty()) {
        const Task task = tasks.back();
        tasks.pop_back();
        uint32_t depth = task.depth;
        int split = task.lo + 1;
        bool end = false;
        const auto bit = [&](int place) { return bytes(place)[depth / 8] >> (7 - depth % 8) & 1; };
        if (task.hi - task.lo > 1) {
            for (;; depth++) {
                end = static_cast<uint32_t>(size(task.lo)) * 8 == depth;
                if (end || bit(task.lo) != bit(task.hi - 1)) break;
            }
            if (!end) {
                int low = task.lo, high = task.hi - 1;
                while (high - low > 1) (bit((low + high) / 2) ? high : low) = (low + high) / 2;
                split = high;
            }
        }
        const bool leaf = task.hi - task.lo == 1;
        const int32_t self = leaf ? ~task.lo : static_cast<int32_t>(nodes_.size());
        (task.parent < 0 ? root_ : nodes_[static_cast<size_t>(task.parent)].child[task.side]) = self;
        if (leaf) continue;
        nodes_.push_back({split, {0, 0}, depth, end});
        const uint32_t next = depth + !end;
        tasks.push_back({split, task.hi, next, self, 1});
        tasks.push_back({task.lo, split, next, self, 0});
    }
}

}  // namespace nacomp::mixing
