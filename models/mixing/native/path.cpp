#include "path.h"

#include <algorithm>

namespace nacomp::mixing {

namespace {

constexpr int kDecimals = 4;

bool is_digit(uint32_t byte) { return byte >= '0' && byte <= '9'; }
uint32_t small(uint32_t letter) { return letter | 32; }

// A quote behind d= or d:, which no name ends with.
bool begins(uint32_t last4) {
    const uint32_t quote = last4 & 255, before = last4 >> 24;
    return (quote == '"' || quote == '\'') && ((last4 >> 8 & 0xffff) == ('d' << 8 | '=') || (last4 >> 8 & 0xffff) == ('d' << 8 | ':')) &&
           (before <= ',' || before == '{');
}

}  // namespace

void NearNumber::foresee(int64_t value) {
    uint64_t left = static_cast<uint64_t>(value < 0 ? -value : value);
    int decimals = kDecimals;
    for (; decimals && left % 10 == 0; decimals--) left /= 10;
    uint8_t turned[kMost];
    int count = 0;
    for (int digit = 0; digit < decimals || left; digit++, left /= 10) {
        if (digit && digit == decimals) turned[count++] = '.';
        turned[count++] = static_cast<uint8_t>('0' + left % 10);
    }
    if (decimals && count == decimals) turned[count++] = '.';
    if (!count) turned[count++] = '0';
    if (value < 0) turned[count++] = '-';
    std::reverse_copy(turned, turned + count, text_);
    length_ = count;
    place_ = lead_ = 0;
    agreed_ = 0;
}

void NearNumber::read(uint32_t byte) {
    if (!length_) return;
    const uint32_t own = place_ < length_ ? text_[place_] : 0;
    if (lead_ != kUnlike) {
        if (is_digit(byte) && is_digit(own)) lead_ = std::min(std::max(10 * lead_ + static_cast<int>(byte) - static_cast<int>(own), -2), 2);
        else if (byte != own) lead_ = kUnlike;
        if (lead_ == 0 && agreed_ < 3) agreed_++;
    }
    if (place_ < length_) place_++;
}

uint32_t NearNumber::coming() const {
    return (place_ < length_ ? text_[place_] : 1) | static_cast<uint32_t>(lead_ + 2) << 8 | agreed_ << 11;
}

uint32_t Path::rough(int64_t value) {
    uint64_t left = static_cast<uint64_t>(value < 0 ? -value : value);
    uint32_t halved = 0;
    for (; left > 7; left >>= 1) halved++;
    return 16 * halved + 2 * static_cast<uint32_t>(left) + (value < 0 ? 1 : 0);
}

uint32_t Path::arity() const {
    switch (small(command_)) {
        case 'm': case 'l': case 't': return 2;
        case 'h': case 'v': return 1;
        case 'c': return 6;
        case 's': case 'q': return 4;
        case 'a': return 7;
        default: return 0;
    }
}

void Path::read(uint32_t last4) {
    const uint32_t byte = last4 & 255;
    if (!quote_) {
        if (begins(last4)) quote_ = byte;
        return;
    }
    const bool opens = byte == '.' && !point_;
    if (is_digit(byte) || opens) return read_number(byte);
    if (size_) {
        end_number();
        foresee();
    }
    if (byte == '.') {
        read_number(byte);
    } else if (byte == '-') {
        minus_ = true;
        near_.read(byte);
    } else if (byte == quote_) {
        quote_ = command_ = 0;
        near_.forget();
    } else if (small(byte) >= 'a' && small(byte) <= 'z') {
        take_command(byte);
    }
}

void Path::read_number(uint32_t byte) {
    hash_ = combine(hash_ + 1, byte);
    size_++;
    near_.read(byte);
    if (byte == '.') {
        point_ = true;
    } else if (digits_ < kMostDigits && decimals_ < kDecimals) {
        value_ = 10 * value_ + static_cast<int>(byte - '0');
        digits_++;
        decimals_ += point_;
    }
}

void Path::end_number() {
    for (; decimals_ < kDecimals; decimals_++) value_ *= 10;
    if (minus_) value_ = -value_;
    std::copy_backward(last_, last_ + 3, last_ + 4);
    last_[0] = value_;
    sizes_ = combine(sizes_ + 1, rough(value_) >> 3);
    if (arity() && index() == arity() - 1) {
        move(value_);
        sizes_ = 0;
    }
    count_++;
    value_ = 0;
    hash_ = size_ = digits_ = 0;
    decimals_ = 0;
    minus_ = point_ = false;
}

// To the end of a command.
void Path::move(int64_t value) {
    const bool relative = command_ & 32;
    const auto go = [&](int axis, int64_t to) { at_[axis] = std::min(std::max(relative ? at_[axis] + to : to, -kFarthest), kFarthest); };
    if (small(command_) != 'v') go(0, arity() == 1 ? value : last_[1]);
    if (small(command_) != 'h') go(1, value);
    if (small(command_) == 'm' && count_ < 2) std::copy(at_, at_ + 2, start_);
}

void Path::take_command(uint32_t letter) {
    if (small(letter) == 'z') std::copy(start_, start_ + 2, at_);
    command_ = letter;
    count_ = sizes_ = 0;
    foresee();
}

void Path::foresee() {
    near_.forget();
    const uint32_t of = arity(), number = index();
    if (!of) return;
    if (small(command_) == 'a' && number == 1) {
        kind_ = round;
        return near_.foresee(last_[0]);
    }
    if (command_ & 32) return foresee_relative(number);
    if (command_ == 'A' && number < 5) return;
    const uint32_t axis = command_ == 'V' || (command_ == 'A' ? number == 6 : number & 1);
    const bool last = of > 2 && number + 2 >= of, second = command_ == 'C' && number >= 2 && !last;
    kind_ = last ? closing : second ? onward : here;
    near_.foresee(last ? start_[axis] : second ? 2 * last_[1] - at_[axis] : at_[axis]);
}

// The points of a curve lie about its way: that between them twice as far as the first, its end half as far again.
void Path::foresee_relative(uint32_t number) {
    if (number < 2 || (arity() != 6 && arity() != 4)) return;
    kind_ = command_ == 'c' && number < 4 ? twice : half_more;
    near_.foresee(kind_ == twice ? 2 * last_[1] : 3 * last_[1] >> 1);
}

uint32_t Path::coming() const {
    if (!near_.is_there()) return 0;
    return 524288 | near_.coming() | (size_ ? 1u : 0u) << 13 | static_cast<uint32_t>(kind_) << 14;
}

}  // namespace nacomp::mixing
