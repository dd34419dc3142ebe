#define NACOMP_TARGET_SCALAR
#include "kernel-inl.h"
