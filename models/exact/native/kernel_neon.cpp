#define NACOMP_TARGET_NEON
#include "kernel-inl.h"
