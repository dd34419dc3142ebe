// The coefficients of a scan: read from its bits, and written as the encoders of libjpeg write them (ITU-T T.81, annexes F and G).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "file.h"

namespace nacomp::jpeg {

// Reads the scan at `at`, gives where it ends. padding: the bit that fills bytes, or -1 while none has been seen.
const uint8_t* read_scan(Picture& picture, const Scan& scan, const uint8_t* at, const uint8_t* end, int& padding);
// Appends the scan; `out` grows to `limit` at the most.
void write_scan(Picture& picture, const Scan& scan, int padding, std::vector<uint8_t>& out, size_t limit);

}  // namespace nacomp::jpeg
