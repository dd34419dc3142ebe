#include "measured.h"

#include <algorithm>

#include "arithmetic.h"

namespace nacomp::mixing {

namespace {

constexpr uint32_t kMemory = 32;       // numbers that an error is the mean of
constexpr int64_t kSteepness = 45440;  // as of samples: from mean errors to the logistic domain
constexpr int64_t kLeastError = 64;
constexpr uint32_t kDigits = 0x13;     // the upper half of a digit's byte, behind a leading 1

// Rounded down; the divisor is above 0.
int64_t divided(int64_t value, int64_t by) {
    const int64_t down = value / by;
    return down - (down * by > value);
}

}  // namespace

void Measures::read(uint32_t byte, uint32_t field, bool ends) {
    if (ends) {
        if (good_ && digits_) learn(fields_[field]);
        value_ = 0;
        digits_ = decimals_ = 0;
        begun_ = negative_ = point_ = false;
        good_ = true;
        return;
    }
    if (byte >= '0' && byte <= '9' && digits_ < kMostDigits) {
        value_ = value_ * 10 + (byte - '0');
        digits_++;
        decimals_ += point_;
    } else if (byte == '.' && digits_ && !point_) {
        point_ = true;
    } else if (byte == '-' && !begun_) {
        negative_ = true;
    } else {
        good_ = false;
    }
    begun_ = true;
}

void Measures::learn(Field& field) const {
    const int64_t value = negative_ ? -value_ : value_;
    if (field.count && field.decimals == decimals_) {
        for (int k = 0; k < kGuesses; k++) {
            const int64_t away = value - field.guess(k), wrong = 256 * (away < 0 ? -away : away);
            field.error[k] += divided(wrong - field.error[k], std::min(field.count, kMemory));
        }
        field.mean += (16 * value - field.mean) >> 3;
        field.count++;
    } else {
        field = Field();
        field.mean = 16 * value;
        field.count = 1;
        field.last = value;
    }
    field.before = field.last;
    field.last = value;
    field.digits = digits_;
    field.decimals = decimals_;
}

// Whether the number so far may be one of as many digits as the last one, with its point at the same place.
bool Measures::is_like(const Field& field) const {
    return good_ && field.count >= kLeast && digits_ < field.digits && point_ == (field.digits - digits_ <= field.decimals);
}

int32_t Measures::predict(uint32_t field, uint32_t bits, uint32_t bit_count) const {
    const Field& last = fields_[field];
    if (bit_count < 4 || bits >> (bit_count - 4) != kDigits || !is_like(last)) return 0;
    const int left = 8 - static_cast<int>(bit_count);  // bits of the digit that are still to come
    const int first = static_cast<int>(bits & ((1u << (bit_count - 4)) - 1)) << left;
    const int middle = first + (1 << (left - 1)), end = std::min(first + (1 << left), 10);
    if (middle >= 10) return 0;
    int best = 0;
    for (int k = 1; k < kGuesses; k++)
        if (last.error[k] < last.error[best]) best = k;
    const int64_t guess = negative_ ? -last.guess(best) : last.guess(best), error = last.error[best] + kLeastError;
    int64_t unit = 1;
    for (uint32_t rest = last.digits - digits_; rest > 1; rest--) unit *= 10;
    // The share of numbers below a digit, taking them to lie about the guess in a logistic distribution.
    const auto below = [&](int digit) {
        const int64_t x = divided((2 * ((value_ * 10 + digit) * unit - guess) - 1) * kSteepness, error);
        return static_cast<uint64_t>(squash(static_cast<int>(std::min<int64_t>(std::max<int64_t>(x, -kLimit), kLimit))));
    };
    const uint64_t least = below(first), half = below(middle), most = below(end);
    return stretch(static_cast<uint32_t>(((most - half + 1) << kBits) / (most - least + 2)));
}

}  // namespace nacomp::mixing
