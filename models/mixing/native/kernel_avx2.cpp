#define NACOMP_TARGET_AVX2
#include "kernel-inl.h"
