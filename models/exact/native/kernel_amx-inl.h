// The kernel with tiles: that of AVX512-VNNI but for the products of many rows. Included by kernel_amx.cpp.
#include "native/target.h"

#ifdef NACOMP_TARGET
#include "kernels.h"
#include "native/dispatch.h"
#include "product_amx-inl.h"

namespace nacomp::exact {
NACOMP_KERNEL_OF(avx512vnni)
}

namespace nacomp::exact::NACOMP_TARGET {
namespace {

// Keys and values that nearly fit the caches arrive by themselves: on a Sapphire Rapids a step of eight streams of the embedded
// model (6 MB of them) took 5% less time without asking for them, one of six layers of SmolLM2's shape at 900 tokens as much
// for 8 streams (24 MB) and 10% more for 32 (95 MB).
constexpr size_t kFetchFrom = 1 << 23;

// Both read the same packed matrices and activations, so that all other functions serve both.
Kernel with_tiles() {
    Kernel k = avx512vnni::kernel;
    k.name = NACOMP_TEXT(NACOMP_TARGET);
    k.runs_here = NACOMP_JOIN(runs_, NACOMP_TARGET);
    k.fetch_from = kFetchFrom;
    k.product = tile_product;
    return k;
}

}  // namespace

extern const Kernel kernel;
const Kernel kernel = with_tiles();

}  // namespace nacomp::exact::NACOMP_TARGET
#endif
