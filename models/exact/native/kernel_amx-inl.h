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

// Both read the same packed matrices and activations, so that all other functions serve both.
Kernel with_tiles() {
    Kernel k = avx512vnni::kernel;
    k.name = NACOMP_TEXT(NACOMP_TARGET);
    k.runs_here = NACOMP_JOIN(runs_, NACOMP_TARGET);
    k.product = tile_product;
    return k;
}

}  // namespace

extern const Kernel kernel;
const Kernel kernel = with_tiles();

}  // namespace nacomp::exact::NACOMP_TARGET
#endif
