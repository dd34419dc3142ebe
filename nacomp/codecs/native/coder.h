// 7-Zip's range coder for PPMd: 32 bits, a byte at a time, behind a first byte of 0.
//
// Encoder and decoder have the same verbs. `open` cuts the range into `total` parts, `is_here` says whether the symbol that is
// coded lies in some of them, `take` goes on with those: the encoder knows its symbol, the decoder reads where it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <vector>

namespace nacomp::codecs {

// What a damaged or hostile payload runs into. The binding makes it a ValueError.
struct Corrupt : std::runtime_error {
    using std::runtime_error::runtime_error;
};

constexpr std::uint32_t kTop = 1u << 24;
constexpr int kChanceBits = 14;
constexpr int kFlushed = 5;  // bytes of what the coder holds at the end, and of what the decoder begins with

class RangeEncoder {
public:
    void next(std::uint8_t symbol) { symbol_ = symbol; }

    void open(std::uint32_t total) { range_ /= total; }
    bool is_here(std::uint8_t symbol, std::uint32_t) const { return symbol == symbol_; }
    void take(std::uint32_t start, std::uint32_t size) {
        low_ += std::uint64_t{start} * range_;
        range_ *= size;
        fill();
    }
    // Whether it is the one symbol there is, for which `chance` of 2^14 stands.
    bool is_it(std::uint8_t symbol, std::uint32_t chance) {
        const std::uint32_t bound = (range_ >> kChanceBits) * chance;
        const bool is = symbol == symbol_;
        if (is) {
            range_ = bound;
        } else {
            low_ += bound;
            range_ -= bound;
        }
        fill();
        return is;
    }

    std::vector<std::uint8_t> finish() {
        for (int i = 0; i < kFlushed; ++i) shift();
        return std::move(out_);
    }

private:
    void fill() {
        for (; range_ < kTop; range_ <<= 8) shift();
    }
    // The highest byte of 32 goes out, but is held, with those of 255 behind it, until no carry can reach them.
    void shift() {
        const auto carry = static_cast<std::uint8_t>(low_ >> 32);
        if (carry != 0 || low_ < 0xff000000u) {
            out_.push_back(static_cast<std::uint8_t>(held_ + carry));
            for (; of_255_ > 0; --of_255_) out_.push_back(static_cast<std::uint8_t>(255 + carry));
            held_ = static_cast<std::uint8_t>(low_ >> 24);
        } else {
            ++of_255_;
        }
        low_ = (low_ & 0x00ffffffu) << 8;
    }

    std::vector<std::uint8_t> out_;
    std::uint64_t low_ = 0, of_255_ = 0;
    std::uint32_t range_ = 0xffffffffu;
    std::uint8_t held_ = 0, symbol_ = 0;
};

class RangeDecoder {
public:
    RangeDecoder(const std::uint8_t* data, std::size_t size) : at_(data), end_(data + size) {
        if (size < kFlushed || *at_++ != 0) throw Corrupt("it does not start like one");
        for (int i = 1; i < kFlushed; ++i) code_ = code_ << 8 | *at_++;
        if (code_ == range_) throw Corrupt("it does not start like one");
    }

    // code_ < range_ holds from here on: `open` refuses a code behind the last part, and `take` is given the parts it lies in.
    void open(std::uint32_t total) {
        range_ /= total;
        place_ = code_ / range_;
        if (place_ >= total) throw Corrupt("it says what no encoder does");
    }
    bool is_here(std::uint8_t, std::uint32_t end) const { return place_ < end; }
    void take(std::uint32_t start, std::uint32_t size) {
        code_ -= start * range_;
        range_ *= size;
        fill();
    }
    bool is_it(std::uint8_t, std::uint32_t chance) {
        const std::uint32_t bound = (range_ >> kChanceBits) * chance;
        const bool is = code_ < bound;
        if (is) {
            range_ = bound;
        } else {
            code_ -= bound;
            range_ -= bound;
        }
        fill();
        return is;
    }

    // Everything was read, and the coder held no more than it had to.
    void finish() const {
        if (code_ != 0 || at_ != end_) throw Corrupt("it does not end where it should");
    }

private:
    void fill() {
        for (; range_ < kTop; range_ <<= 8) {
            if (at_ == end_) throw Corrupt("it is cut off");
            code_ = code_ << 8 | *at_++;
        }
    }

    const std::uint8_t* at_;
    const std::uint8_t* end_;
    std::uint32_t range_ = 0xffffffffu, code_ = 0, place_ = 0;
};

}  // namespace nacomp::codecs
