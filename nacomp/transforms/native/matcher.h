// Earlier places of the same three bytes, nearest first: zlib's hash chains, over a dictionary and a content in memory.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "parameters.h"
#include "tables.h"

namespace nacomp::transforms {

struct Match {
    std::uint32_t length = 0;
    std::uint32_t distance = 0;
};

class Matcher {
public:
    Matcher(const std::vector<std::uint8_t>& bytes, const Parameters& parameters)
        : data_(bytes.data()),
          size_(static_cast<std::uint32_t>(bytes.size())),
          parameters_(parameters),
          shift_((parameters.hash_bits + 2) / 3),
          mask_((1u << parameters.hash_bits) - 1),
          head_(std::size_t{1} << parameters.hash_bits),
          previous_(kWindow),
          hidden_(kWindow) {}

    // Enters every place up to and with `last` that has three bytes.
    void enter(std::uint32_t last) {
        for (; next_ <= last && next_ + kShortest <= size_; ++next_) {
            std::uint32_t& head = head_[hash(next_)];
            previous_[next_ % kWindow] = head;
            hidden_[next_ % kWindow] = 0;
            head = next_ + 1;
            credit_ = std::min(credit_ + kCreditPerByte, kMostCredit);
        }
    }

    // Places before `place` are not entered: for samples.
    void skip_to(std::uint32_t place) { next_ = place; }

    // The places behind `first` and before `end` are entered, but `longest` passes over them: a greedy encoder leaves them out.
    void hide(std::uint32_t first, std::uint32_t end) {
        enter(end - 1);
        some_hidden_ = true;
        for (std::uint32_t place = first + 1; place < end; ++place) hidden_[place % kWindow] = 1;
    }

    // zlib's longest_match: the nearest of the longest copies of more than `than` (2 or more) bytes, among the first `chain`
    // places. Length `than` and distance 0 where there is none.
    Match longest(std::uint32_t at, std::uint32_t than, std::uint32_t chain) {
        enter(at);
        Match best{than, 0};
        const std::uint32_t room = std::min<std::uint32_t>(kLongest, size_ - at);
        if (room <= than) return best;
        const std::uint32_t nice = std::min<std::uint32_t>(parameters_.nice, room), farthest = parameters_.farthest();
        const std::uint32_t most = credit_ > 0 ? kWindow : kPoorChain;
        const std::uint32_t none = parameters_.from_start ? 0 : 1;
        const std::uint8_t* const here = data_ + at;
        std::uint32_t spent = 0, limit = farthest;
        std::uint16_t wanted = two_bytes(here + than - 1);
        for (std::uint32_t link = before(at); link > none && at - (link - 1) <= limit; link = next_link(link)) {
            if (spent++ >= most) break;
            if (some_hidden_ && hidden_[(link - 1) % kWindow]) continue;
            // In zlib only the first place of a chain may lie as far as that.
            if (!parameters_.from_start) limit = farthest - 1;
            const std::uint8_t* const there = data_ + (link - 1);
            // The two bytes that would make it longer, before all others.
            if (two_bytes(there + best.length - 1) == wanted) {
                const std::uint32_t length = same(link - 1, at, room);
                spent += length / 16;
                if (length > best.length) {
                    best = {length, at - (link - 1)};
                    if (length >= nice) break;
                    wanted = two_bytes(here + length - 1);
                }
            }
            if (--chain == 0) break;
        }
        credit_ -= spent;
        return best;
    }

    // Every place, hidden or not, from which three bytes or more could be copied, nearest first, calls
    // `visit(length, distance)` until that gives false.
    template <class Visit>
    void candidates(std::uint32_t at, Visit visit) {
        enter(at);
        const std::uint32_t room = std::min<std::uint32_t>(kLongest, size_ - at);
        if (room < kShortest) return;
        std::uint32_t left = credit_ > 0 ? kMostCandidates : kPoorChain;
        for (std::uint32_t link = before(at); link != 0 && left > 0; link = next_link(link), --left) {
            const std::uint32_t place = link - 1;
            if (at - place > kWindow) return;
            const std::uint32_t length = same(place, at, room);
            credit_ -= 1 + length / 16;
            if (length >= kShortest && !visit(length, at - place)) return;
        }
    }

    // How many bytes are the same at two places, up to `room`.
    std::uint32_t same(std::uint32_t a, std::uint32_t b, std::uint32_t room) const {
        std::uint32_t length = 0;
        // Eight at a time as long as they are the same: three times as fast as byte by byte (alice29, level 9).
        while (length + 8 <= room && std::memcmp(data_ + a + length, data_ + b + length, 8) == 0) length += 8;
        while (length < room && data_[a + length] == data_[b + length]) ++length;
        return length;
    }

    const std::uint8_t* data() const { return data_; }
    std::uint32_t size() const { return size_; }

private:
    // What searching may cost: a place visited is 1, and 16 bytes compared are 1. Every byte entered earns 4,096 (the longest
    // chain there is), so work is bounded by that; who has nothing left looks at 16 places.
    static constexpr std::int64_t kCreditPerByte = 4096, kMostCredit = 1 << 28;
    static constexpr std::uint32_t kPoorChain = 16, kMostCandidates = 4096;

    static std::uint16_t two_bytes(const std::uint8_t* at) {
        std::uint16_t bytes;
        std::memcpy(&bytes, at, 2);
        return bytes;
    }

    std::uint32_t hash(std::uint32_t at) const {
        return ((data_[at] << (2 * shift_)) ^ (data_[at + 1] << shift_) ^ data_[at + 2]) & mask_;
    }

    // Links are places + 1; 0 is none. A link that does not lead back is of a place that fell out of the window.
    std::uint32_t before(std::uint32_t at) const { return next_ > at ? next_link(at + 1) : 0; }
    std::uint32_t next_link(std::uint32_t link) const {
        const std::uint32_t next = previous_[(link - 1) % kWindow];
        return next < link ? next : 0;
    }

    const std::uint8_t* data_;
    std::uint32_t size_;
    const Parameters& parameters_;
    std::uint32_t shift_, mask_;
    std::vector<std::uint32_t> head_, previous_;
    std::vector<std::uint8_t> hidden_;
    bool some_hidden_ = false;
    std::uint32_t next_ = 0;
    std::int64_t credit_ = 1 << 22;
};

}  // namespace nacomp::transforms
