// The kernel of one target. Included by a kernel_*.cpp, which names the target.
#include "native/target.h"

#ifdef NACOMP_TARGET
#include "kernels.h"
#include "native/cpu.h"
#include "native/dispatch.h"
#if defined(NACOMP_TARGET_AVX2) || defined(NACOMP_TARGET_AVX512)
#include <immintrin.h>
#endif
// GCC 12 reports the deliberately undefined operands inside its own intrinsics (its bug 105593).
#if defined(NACOMP_TARGET_AVX512) && defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include "contexts-inl.h"
#include "weights-inl.h"

NACOMP_TARGET_BEGIN
namespace nacomp::mixing::NACOMP_TARGET {

extern const Kernel kernel;
const Kernel kernel = {NACOMP_TARGET_FACTS, hash_slots, predict_contexts, learn_contexts, mix, train};

}  // namespace nacomp::mixing::NACOMP_TARGET
NACOMP_TARGET_END
#endif
