#define NACOMP_TARGET_AMX
#include "kernel_amx-inl.h"
