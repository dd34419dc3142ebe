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

    // The two halves, for a scope that is no block of C++: set the default rules, giving those that held; put those back.
    static unsigned long long begin();
    static void end(unsigned long long saved);

private:
    unsigned long long saved_;
};

}  // namespace nacomp
