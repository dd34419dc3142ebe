// The kernels of this build, and what they share.
#include "kernels.h"

#include "counters.h"
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

void learn_shared(const ContextTables& of, OpenContexts& open, int count, int bit) {
    for (int i = 0; i < count; i++) {
        uint32_t& node = of.nodes[open.places[i]];
        node = Node::learnt(node ^ Node::kNew, static_cast<uint32_t>(bit)) ^ Node::kNew;
        uint32_t& state = of.state[open.states[i]];
        state = Counter::learnt(state, bit, kContextLimit);
        uint32_t& past = of.past[open.pasts[i]];
        past = Counter::learnt(past, bit, kContextLimit);
    }
}

}  // namespace nacomp::mixing
