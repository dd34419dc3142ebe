// The kernels of this build.
#include "kernels.h"

#include "native/target.h"

namespace nacomp::predictors {

#if defined(NACOMP_X86_64)
namespace avx512 {
extern const Kernel kernel;
}
namespace avx2 {
extern const Kernel kernel;
}
#elif defined(NACOMP_AARCH64)
namespace neon {
extern const Kernel kernel;
}
#endif
namespace scalar {
extern const Kernel kernel;
}

const Kernel* const* compiled_kernels() {
    static const Kernel* const kernels[] = {
#if defined(NACOMP_X86_64)
        &avx512::kernel, &avx2::kernel,
#elif defined(NACOMP_AARCH64)
        &neon::kernel,
#endif
        &scalar::kernel, nullptr};
    return kernels;
}

}  // namespace nacomp::predictors
