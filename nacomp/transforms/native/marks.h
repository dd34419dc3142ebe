// Where something other than plain bytes may begin, in one pass (transforms/sites.py).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace nacomp::transforms {

enum class Mark : int { kZip = 0, kGzip = 1, kZlib = 2, kPng = 3, kJpeg = 4, kLetters = 5 };

struct Found {
    std::size_t start;
    Mark mark;
};

// As many characters of base64 in a row as make a line of it.
constexpr std::size_t kLine = 56;

// All marks, in the order of their starts. kLetters: a run of at least `kLine` characters of base64, which begins there.
std::vector<Found> find_marks(const std::uint8_t* data, std::size_t size);

}  // namespace nacomp::transforms
