// The coefficients of a picture as bits under adaptive probabilities (formats/JPEG.md): many contexts of each bit, a mixer over
// them, and one secondary estimation. Encoder and decoder are one walk with another coder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "file.h"

namespace nacomp::jpeg {

// Words of the range coder. Throws Unsuited for coefficients out of range.
std::vector<uint32_t> encode_coefficients(Picture& picture);
// Fills the picture's coefficients. most: how many of them may differ from 0. Throws Unsuited for more, std::domain_error for
// words that no encoder writes.
void decode_coefficients(Picture& picture, std::vector<uint32_t> words, size_t most);

}  // namespace nacomp::jpeg
