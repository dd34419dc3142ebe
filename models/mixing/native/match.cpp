#include "match.h"

#include <algorithm>
#include <cstring>

#include "native/prefetch.h"

namespace nacomp::mixing {

namespace {

constexpr uint32_t kCompared = 400;  // bytes that a candidate is compared by

// Of a number of eight bits.
uint32_t ones(uint32_t x) {
    x -= x >> 1 & 0x55;
    x = (x & 0x33) + (x >> 2 & 0x33);
    return (x + (x >> 4)) & 15;
}

// How many bytes before two places agree, at most so many.
uint32_t common_end(const uint8_t* a, const uint8_t* b, uint32_t most) {
    uint32_t length = 0;
    while (length + 8 <= most && std::memcmp(a - length - 8, b - length - 8, 8) == 0) length += 8;
    while (length < most && a[-1 - static_cast<int>(length)] == b[-1 - static_cast<int>(length)]) length++;
    return length;
}

}  // namespace

LengthClasses::LengthClasses() {
    const uint32_t bounds[] = {1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 24, 32, 64, 128, kLongest};
    for (uint32_t length = 0; length <= kLongest; length++)
        of[length] = static_cast<uint8_t>(std::upper_bound(std::begin(bounds), std::end(bounds), length) - std::begin(bounds));
}

const LengthClasses length_classes;

void MatchModel::learn_byte(std::vector<Stream>& streams, uint32_t number, int which) {
    const uint32_t count = static_cast<uint32_t>(streams.size());
    Stream& s = streams[number];
    Match& match = s.matches[which];
    if (match.guess >= 0) {
        const bool right = match.guess == static_cast<int>(s.last4 & 255);
        match.missed = (match.missed << 1 | (right ? 0u : 1u)) & 0xff;
        match.length = right ? std::min(match.length + 1, 65535u) : 0;
        match.at = match.missed == 0xff ? 0 : match.at + count;
    }
    if (s.position() >= minimum_) look_up(streams, number, match);
    match.guess = -1;
    if (match.at) {
        const std::vector<uint8_t>& from = streams[(match.at - 1) % count].history;
        const uint32_t place = (match.at - 1) / count;
        if (place < from.size()) match.guess = from[place];
        else match.at = 0;
    }
    match.length_class = length_class(match.length) + 1;
    match.row = ((match.length_class - 1) * 16 + std::min(ones(match.missed), 7u) * 2 + (match.missed & 1)) * 2;
}

// In groups of four, as a byte at a time took a tenth of all time.
uint32_t MatchModel::hash_of(const uint8_t* end, uint32_t newest) const {
    const auto group = [](const uint8_t* at, uint32_t count) {
        uint32_t bytes = 0;
        for (uint32_t i = 0; i < count; i++) bytes |= static_cast<uint32_t>(at[-1 - static_cast<int>(i)]) << (8 * i);
        return bytes;
    };
    uint32_t hash = combine(0, newest | group(end, 3) << 8), left = minimum_ - 4;
    for (end -= 3; left >= 4; left -= 4, end -= 4) hash = combine(hash, group(end, 4));
    return left ? combine(hash, group(end, left)) : hash;
}

void MatchModel::look_ahead(const Stream& s) const {
    if (s.position() + 1 < minimum_) return;
    const uint8_t* end = s.history.data() + s.position();
    const uint32_t byte = s.bits << 1 & 0xff;
    prefetch_for_write(&places_[entry_of(hash_of(end, byte))]);
    prefetch_for_write(&places_[entry_of(hash_of(end, byte | 1))]);
}

void MatchModel::look_up(std::vector<Stream>& streams, uint32_t number, Match& match) {
    const uint32_t count = static_cast<uint32_t>(streams.size());
    const Stream& s = streams[number];
    const uint32_t position = s.position();
    const uint8_t* end = s.history.data() + position;
    const uint32_t hash = hash_of(end - 1, end[-1]);
    Place& entry = places_[entry_of(hash)];
    if (entry.at && entry.hash == hash && match.length < minimum_) {
        const std::vector<uint8_t>& from = streams[(entry.at - 1) % count].history;
        const uint32_t place = (entry.at - 1) / count;
        const uint32_t most = std::min(std::min(place, position), kCompared);
        const uint32_t length = common_end(from.data() + place, end, most);
        if (length >= minimum_) {
            match.at = entry.at;
            match.length = length;
            match.missed = 0;
        }
    }
    entry = {position * count + number + 1, hash};
}

void MatchModel::predict(const Stream& s, Match& match, int32_t* inputs) {
    inputs[0] = inputs[1] = 0;
    match.agrees = match.guess >= 0 && (static_cast<uint32_t>(match.guess) | 256u) >> (8 - s.bit_count) == s.bits;
    if (!match.agrees) return;
    const uint32_t bit = static_cast<uint32_t>(match.guess) >> (7 - s.bit_count) & 1;
    const uint32_t p = map_.p(match.row + bit);
    inputs[0] = stretch(p);
    inputs[1] = (static_cast<int32_t>(p >> 10) - 2048) / 2;
}

}  // namespace nacomp::mixing
