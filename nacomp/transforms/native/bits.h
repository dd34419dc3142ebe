// Bits in DEFLATE's order: the first bit of a byte is its lowest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <vector>

namespace nacomp::transforms {

// What a damaged or hostile description of a stream runs into. The binding makes it a ValueError.
struct Corrupt : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Reads from `data` of `size` bytes, starting at bit `start`. Past the end it gives zeros and counts on: see `overrun`.
class BitReader {
public:
    BitReader(const std::uint8_t* data, std::size_t size, std::uint64_t start)
        : data_(data), size_(size), next_(static_cast<std::size_t>(start / 8)) {
        fill();
        skip(static_cast<int>(start % 8));
    }

    // The next 0 to 32 bits, which stay unread.
    std::uint32_t peek(int count) {
        if (held_ < count) fill();
        return static_cast<std::uint32_t>(bits_ & ((std::uint64_t{1} << count) - 1));
    }

    void skip(int count) {
        if (held_ < count) fill();
        bits_ >>= count;
        held_ -= count;
    }

    std::uint32_t read(int count) {
        const std::uint32_t value = peek(count);
        skip(count);
        return value;
    }

    // The place of the next bit, from the first bit of the data.
    std::uint64_t position() const { return std::uint64_t{8} * next_ - static_cast<std::uint64_t>(held_); }
    bool overrun() const { return position() > std::uint64_t{8} * size_; }

private:
    void fill() {
        for (; held_ <= 56; held_ += 8, ++next_)
            if (next_ < size_) bits_ |= std::uint64_t{data_[next_]} << held_;
    }

    const std::uint8_t* data_;
    std::size_t size_;
    std::size_t next_;
    std::uint64_t bits_ = 0;
    int held_ = 0;
};

// Collects bits; more than `limit` bytes are a sign of a hostile description.
class BitWriter {
public:
    explicit BitWriter(std::size_t limit) : limit_(limit) {}

    // 0 to 32 bits.
    void write(std::uint32_t value, int count) {
        bits_ |= std::uint64_t{value} << held_;
        held_ += count;
        for (; held_ >= 8; held_ -= 8, bits_ >>= 8) push();
    }

    std::uint64_t position() const { return std::uint64_t{8} * bytes_.size() + static_cast<std::uint64_t>(held_); }

    // The bytes, the last one filled up with zeros.
    std::vector<std::uint8_t> finish() {
        if (held_ > 0) push();
        held_ = 0;
        return std::move(bytes_);
    }

private:
    void push() {
        if (bytes_.size() >= limit_) throw Corrupt("a deflate stream grows beyond what its content allows");
        bytes_.push_back(static_cast<std::uint8_t>(bits_));
    }

    std::size_t limit_;
    std::vector<std::uint8_t> bytes_;
    std::uint64_t bits_ = 0;
    int held_ = 0;
};

}  // namespace nacomp::transforms
