#define NACOMP_TARGET_NEONDOT
#include "kernel-inl.h"
