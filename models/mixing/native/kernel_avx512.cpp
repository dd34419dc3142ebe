#define NACOMP_TARGET_AVX512
#include "kernel-inl.h"
