// Standard output as it is: Windows would write a carriage return in front of every byte 10.
#pragma once

#include <cstdio>

#if defined(_WIN32)
#include <fcntl.h>
#include <io.h>
#endif

inline void binary_output() {
#if defined(_WIN32)
    _setmode(_fileno(stdout), _O_BINARY);
#endif
}
