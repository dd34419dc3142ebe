#include "float_rules.h"

#include <cfloat>

#include "target.h"

#if defined(NACOMP_X86_64)
#include <immintrin.h>
#endif

static_assert(FLT_EVAL_METHOD == 0, "NUMERICS 1.1: floats must not be evaluated in a wider format");
#if defined(__FAST_MATH__)
#error "NUMERICS 1.1: fast-math changes results"
#endif

namespace nacomp {

#if defined(NACOMP_X86_64)
unsigned long long FloatRules::begin() {
    const unsigned saved = _mm_getcsr();
    _mm_setcsr(0x1F80);
    return saved;
}
// The upper half of the register is reserved, and a bit set there a fault.
void FloatRules::end(unsigned long long saved) { _mm_setcsr(static_cast<unsigned>(saved & 0xFFFF)); }
#elif defined(NACOMP_AARCH64) && defined(__GNUC__)
unsigned long long FloatRules::begin() {
    unsigned long long saved;
    __asm__ volatile("mrs %0, fpcr" : "=r"(saved));
    __asm__ volatile("msr fpcr, %0" : : "r"(0ull) : "memory");
    return saved;
}
void FloatRules::end(unsigned long long saved) { __asm__ volatile("msr fpcr, %0" : : "r"(saved) : "memory"); }
#else
unsigned long long FloatRules::begin() { return 0; }
void FloatRules::end(unsigned long long) {}
#endif

FloatRules::FloatRules() : saved_(begin()) {}
FloatRules::~FloatRules() { end(saved_); }

}  // namespace nacomp
