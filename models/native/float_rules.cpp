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
FloatRules::FloatRules() : saved_(_mm_getcsr()) { _mm_setcsr(0x1F80); }
FloatRules::~FloatRules() { _mm_setcsr(static_cast<unsigned>(saved_)); }
#elif defined(NACOMP_AARCH64) && defined(__GNUC__)
FloatRules::FloatRules() {
    __asm__ volatile("mrs %0, fpcr" : "=r"(saved_));
    __asm__ volatile("msr fpcr, %0" : : "r"(0ull) : "memory");
}
FloatRules::~FloatRules() { __asm__ volatile("msr fpcr, %0" : : "r"(saved_) : "memory"); }
#else
FloatRules::FloatRules() : saved_(0) {}
FloatRules::~FloatRules() {}
#endif

}  // namespace nacomp
