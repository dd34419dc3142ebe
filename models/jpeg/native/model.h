// The coefficients of a picture as bits under adaptive probabilities (formats/JPEG.md): many contexts of each bit, a mixer over
// them, and one secondary estimation. Encoder and decoder are one walk with another coder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "file.h"
#include "mixing/native/kernels.h"

namespace nacomp::jpeg {

// Words of the range coder. Throws Unsuited for coefficients out of range. kernel: of the mixers; all give the same bits.
std::vector<uint32_t> encode_coefficients(Picture& picture, const mixing::Kernel& kernel);
// Fills the picture's coefficients, which are 0. most: how many of them may differ from 0. Throws Unsuited for more, std::domain_error for
// words that no encoder writes.
void decode_coefficients(Picture& picture, std::vector<uint32_t> words, size_t most, const mixing::Kernel& kernel);

}  // namespace nacomp::jpeg
