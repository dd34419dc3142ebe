#define NACOMP_TARGET_AVX512VNNI
#include "kernel-inl.h"
