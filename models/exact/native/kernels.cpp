// The kernels of this build.
#include "kernels.h"

#include "native/target.h"

namespace nacomp::exact {

#if defined(NACOMP_X86_64)
namespace avx512vnni {
extern const Kernel kernel;
}
namespace avx2 {
extern const Kernel kernel;
}
#elif defined(NACOMP_AARCH64)
namespace neondot {
extern const Kernel kernel;
}
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
        &avx512vnni::kernel, &avx2::kernel,
#elif defined(NACOMP_AARCH64)
        &neondot::kernel, &neon::kernel,
#endif
        &scalar::kernel, nullptr};
    return kernels;
}

}  // namespace nacomp::exact
