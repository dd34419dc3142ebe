// Default float rules for the current thread (NUMERICS 1.1).
#pragma once

namespace nacomp {

// Nearest even, subnormals kept, while it lives. Another library in the process may have switched subnormals off or chosen
// another rounding for the thread, which would change our bits.
class FloatRules {
public:
    FloatRules();
    ~FloatRules();
    FloatRules(const FloatRules&) = delete;
    FloatRules& operator=(const FloatRules&) = delete;

private:
    unsigned long long saved_;
};

}  // namespace nacomp
