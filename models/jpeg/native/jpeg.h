// A JPEG file taken apart: the bytes outside its scans, and the coefficients of the picture as a payload (formats/JPEG.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "mixing/native/kernels.h"

namespace nacomp::jpeg {

constexpr size_t kMostBytes = size_t{1} << 28;  // of a file

struct Parts {
    std::vector<uint8_t> rest;     // the file without the bits of its scans
    std::vector<uint32_t> words;   // the coefficients
    int padding;                   // the bit that fills the last byte of what is coded
};

// Nothing where it is no JPEG file that `close` would give back.
std::optional<Parts> open(const uint8_t* data, size_t size, const mixing::Kernel& kernel);
// The file. Throws std::domain_error where the parts are none that `open` gives for a file of `size` bytes.
std::vector<uint8_t> close(const Parts& parts, size_t size, const mixing::Kernel& kernel);

}  // namespace nacomp::jpeg
