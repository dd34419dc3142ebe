// The kernels of this build.
#include "kernels.h"

#include "native/dispatch.h"

namespace nacomp::exact {

NACOMP_KERNEL_OF(scalar)
#if defined(NACOMP_X86_64)
#if defined(NACOMP_HAS_AMX)
NACOMP_KERNEL_OF(amx)
#endif
NACOMP_KERNEL_OF(avx512vnni)
NACOMP_KERNEL_OF(avx2)
#elif defined(NACOMP_AARCH64)
NACOMP_KERNEL_OF(neondot)
NACOMP_KERNEL_OF(neon)
#endif

const Kernel* const* compiled_kernels() {
    static const Kernel* const kernels[] = {
#if defined(NACOMP_X86_64)
#if defined(NACOMP_HAS_AMX)
        &amx::kernel,
#endif
        &avx512vnni::kernel, &avx2::kernel,
#elif defined(NACOMP_AARCH64)
        &neondot::kernel, &neon::kernel,
#endif
        &scalar::kernel, nullptr};
    return kernels;
}

}  // namespace nacomp::exact
