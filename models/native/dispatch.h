// The choice among a core's kernels at run time. A kernel is a table of functions compiled for one target of target.h; all
// kernels of a core give the same bits.
#pragma once

#include <cstring>

#include "cpu.h"
#include "target.h"

#define NACOMP_JOIN_(a, b) a##b
#define NACOMP_JOIN(a, b) NACOMP_JOIN_(a, b)
#define NACOMP_TEXT_(a) #a
#define NACOMP_TEXT(a) NACOMP_TEXT_(a)
// What every kernel's table begins with: its name, and whether it runs here.
#define NACOMP_TARGET_FACTS NACOMP_TEXT(NACOMP_TARGET), NACOMP_JOIN(runs_, NACOMP_TARGET)

// Declares the kernel of a target, for the list of a core's kernels.
#define NACOMP_KERNEL_OF(target)    \
    namespace target {              \
    extern const Kernel kernel;     \
    }

namespace nacomp {

// Of `kernels`, best first and ended by a null, the first that runs here and has this name, or any name if it is empty; null if
// there is none.
template <class Kernel>
const Kernel* find_kernel(const Kernel* const* kernels, const char* name) {
    for (; *kernels; kernels++)
        if ((name[0] == 0 || std::strcmp((*kernels)->name, name) == 0) && (*kernels)->runs_here()) return *kernels;
    return nullptr;
}

}  // namespace nacomp
