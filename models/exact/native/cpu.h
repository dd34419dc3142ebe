// What this processor can run, operating system support included.
#pragma once

namespace nacomp::exact {
bool cpu_has_avx2();
bool cpu_has_avx512vnni();
bool cpu_has_neon_dot();

// Default float rules for the current thread while it lives: nearest even, subnormals kept. Another library in the
// process may have switched subnormals off for the thread, which would change our bits.
class FloatRules {
public:
    FloatRules();
    ~FloatRules();
    FloatRules(const FloatRules&) = delete;
    FloatRules& operator=(const FloatRules&) = delete;

private:
    unsigned long long saved_;
};
}  // namespace nacomp::exact
