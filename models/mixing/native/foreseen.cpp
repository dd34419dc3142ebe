#include "foreseen.h"

namespace nacomp::mixing {

namespace {

// The value of a lower-case hex digit, -1 of any other byte.
int hex_digit(uint32_t byte) {
    if (byte >= '0' && byte <= '9') return static_cast<int>(byte - '0');
    return byte >= 'a' && byte <= 'f' ? static_cast<int>(byte - 'a') + 10 : -1;
}

// How many hex digits stand at a place, at most so many.
uint32_t digits_at(const uint8_t* history, uint32_t place, uint32_t end, uint32_t most, bool& letters) {
    uint32_t count = 0;
    for (; count < most && place + count < end; count++) {
        const int digit = hex_digit(history[place + count]);
        if (digit < 0) break;
        letters |= digit > 9;
    }
    return count;
}

uint64_t value_of(const uint8_t* digits, uint32_t count, uint32_t base) {
    uint64_t value = 0;
    for (uint32_t i = 0; i < count; i++) value = value * base + static_cast<uint32_t>(hex_digit(digits[i]));
    return value;
}

}  // namespace

void SpeltBytes::read(uint32_t byte, uint32_t before) {
    if (byte == '\n') {
        const bool has_bar = has_bar_;
        *this = SpeltBytes();
        barred_ = has_bar;
        return;
    }
    has_bar_ |= byte == '|' && before == ' ' && !coming();
    if (shown_) {
        at_++;
        return;
    }
    const int digit = hex_digit(byte);
    if (digit >= 0 && half_ == kNoHalf) {
        half_ = static_cast<uint32_t>(digit);
        return;
    }
    if (digit < 0) read_other(byte, before);
    else if (count_ < kMost) bytes_[count_++] = static_cast<uint8_t>(half_ * 16 + static_cast<uint32_t>(digit));
    half_ = kNoHalf;
}

void SpeltBytes::read_other(uint32_t byte, uint32_t before) {
    const bool spaces = byte == ' ' && before == ' ', starts = barred_ ? byte == '|' && before == ' ' : spaces;
    if (starts && count_ >= kLeast) shown_ = true;
    else if (byte != ' ' || (barred_ && spaces && !has_gap_)) count_ = 0;
    has_gap_ |= spaces;
}

void NextNumber::foresee(const uint8_t* history, uint32_t above, uint32_t above_end, uint32_t older, uint32_t older_end) {
    bool letters = false;
    const uint32_t count = digits_at(history, above, above_end, kMost, letters);
    const uint32_t older_count = digits_at(history, older, older_end, kMost, letters);
    agrees_ = false;
    if (count < 2 || older_count == 0) return;
    const uint32_t base = letters || history[above] == '0' ? 16 : 10;
    uint64_t next = 2 * value_of(history + above, count, base) - value_of(history + older, older_count, base);
    if (next >> 62) return;
    uint8_t reversed[kRoom];
    for (count_ = 0; next || count_ < count; next /= base) {
        const uint32_t digit = static_cast<uint32_t>(next % base);
        reversed[count_++] = static_cast<uint8_t>(digit < 10 ? '0' + digit : 'a' + digit - 10);
    }
    for (uint32_t i = 0; i < count_; i++) digits_[i] = reversed[count_ - 1 - i];
    at_ = 0;
    agrees_ = true;
}

void NextNumber::read(uint32_t byte) {
    agrees_ = agrees_ && at_ < count_ && digits_[at_] == byte;
    at_++;
}

void ShortName::read(uint32_t byte, uint32_t kind, uint32_t delimiter) {
    if (byte == '\n') {
        *this = ShortName();
    } else if (!open_) {
        if (known_ && at_ < count_ && letters_[at_] == (byte | 32)) at_++;
    } else if (kind == 2 || kind == 3) {
        if (count_ < kMost) letters_[count_] = static_cast<uint8_t>(byte | 32);
        if (count_ <= kMost) count_++;
    } else {
        open_ = false;
        known_ = byte == delimiter && delimiter != ' ' && count_ >= kLeast && count_ <= kMost;
    }
}

}  // namespace nacomp::mixing
