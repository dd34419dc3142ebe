// The bits of a scan: read from a file, where FF stands as FF 00, and written back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "file.h"

namespace nacomp::jpeg {

class BitReader {
   public:
    BitReader(const uint8_t* at, const uint8_t* end) : at_(at), end_(end) {}
    int bit() {
        if (left_ == 0) fill();
        return byte_ >> --left_ & 1;
    }
    int bits(int count) {
        int value = 0;
        while (count-- > 0) value = value << 1 | bit();
        return value;
    }
    int symbol(const Huffman& table) {
        int code = 0;
        for (int length = 1; length <= 16; length++) {
            code = code << 1 | bit();
            const int place = code - table.first_code[length];
            if (place >= 0 && place < table.count[length]) return table.values[table.first_value[length] + place];
        }
        throw Unsuited("a code that no table has");
    }
    // Passes what is left of a byte, which holds the same bit all over the file.
    void pass_padding(int& padding) {
        while (left_ > 0) {
            const int found = bit();
            if (padding < 0) padding = found;
            if (padding != found) throw Unsuited("padding of both kinds");
        }
    }
    void pass_restart(int number) {
        if (end_ - at_ < 2 || at_[0] != 0xFF || at_[1] != 0xD0 + (number & 7)) throw Unsuited("no restart marker");
        at_ += 2;
    }
    const uint8_t* at() const { return at_; }

   private:
    void fill() {
        if (at_ == end_) throw Unsuited("a scan that is cut off");
        byte_ = *at_++;
        if (byte_ == 0xFF && (at_ == end_ || *at_++ != 0)) throw Unsuited("a marker inside a scan");
        left_ = 8;
    }
    const uint8_t *at_, *end_;
    int byte_ = 0, left_ = 0;
};

class BitWriter {
   public:
    // limit: bytes that `out` may grow to.
    BitWriter(std::vector<uint8_t>& out, size_t limit) : out_(out), limit_(limit) {}
    void bits(int value, int count) {
        while (count-- > 0) {
            byte_ = byte_ << 1 | (value >> count & 1);
            if (++held_ < 8) continue;
            byte(static_cast<uint8_t>(byte_));
            if ((byte_ & 255) == 255) byte(0);
            byte_ = held_ = 0;
        }
    }
    void symbol(const Huffman& table, int value) {
        if (table.length[value] == 0) throw Unsuited("a value without a code");
        bits(table.code[value], table.length[value]);
    }
    void pad(int bit) {
        while (held_ > 0) bits(bit, 1);
    }
    void restart(int number) {
        byte(0xFF);
        byte(static_cast<uint8_t>(0xD0 + (number & 7)));
    }

   private:
    void byte(uint8_t value) {
        if (out_.size() >= limit_) throw Unsuited("more bytes than stated");
        out_.push_back(value);
    }
    std::vector<uint8_t>& out_;
    size_t limit_;
    int byte_ = 0, held_ = 0;
};

}  // namespace nacomp::jpeg
