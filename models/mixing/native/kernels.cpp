// The kernels of this build.
#include "kernels.h"

#include "native/dispatch.h"

namespace nacomp::mixing {

NACOMP_KERNEL_OF(scalar)
#if defined(NACOMP_X86_64)
NACOMP_KERNEL_OF(avx2)
NACOMP_KERNEL_OF(avx512)
#endif

const Kernel* const* compiled_kernels() {
    static const Kernel* const kernels[] = {
#if defined(NACOMP_X86_64)
        &avx512::kernel, &avx2::kernel,
#endif
        &scalar::kernel, nullptr};
    return kernels;
}

}  // namespace nacomp::mixing
