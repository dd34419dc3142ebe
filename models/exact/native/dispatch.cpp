// The kernels of this build and the choice among them.
#include <cstring>

#include "kernels.h"
#include "target.h"

namespace nacomp::exact {

extern const Kernel scalar_kernel;
#if defined(NACOMP_X86_64)
extern const Kernel avx2_kernel, avx512vnni_kernel;
#elif defined(NACOMP_AARCH64)
extern const Kernel neon_kernel, neondot_kernel;
#endif

const Kernel* const* compiled_kernels() {
    static const Kernel* const kernels[] = {
#if defined(NACOMP_X86_64)
        &avx512vnni_kernel, &avx2_kernel,
#elif defined(NACOMP_AARCH64)
        &neondot_kernel, &neon_kernel,
#endif
        &scalar_kernel, nullptr};
    return kernels;
}

const Kernel* find_kernel(const char* name) {
    for (const Kernel* const* k = compiled_kernels(); *k; k++)
        if ((name[0] == 0 || strcmp((*k)->name, name) == 0) && (*k)->runs_here()) return *k;
    return nullptr;
}

}  // namespace nacomp::exact
