// PPMd var. H with 7-Zip's range coder: bytes to a payload and back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "coder.h"
#include "model.h"

namespace nacomp::codecs {

// More than any block; and no count of a model's grows beyond 32 bits.
constexpr std::size_t kMostContent = std::size_t{1} << 30;

std::vector<std::uint8_t> encode(const std::uint8_t* data, std::size_t size, int order, std::uint32_t memory);

// Raises Corrupt unless the payload is one of exactly so much content.
std::vector<std::uint8_t> decode(const std::uint8_t* payload, std::size_t size, int order, std::uint32_t memory,
                                 std::size_t content_size);

}  // namespace nacomp::codecs
