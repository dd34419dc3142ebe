// Machine code of words of four bytes (formats/MIXING.md, section 13): ARM64, SPARC and the like.
#pragma once

#include <cstddef>
#include <cstdint>

namespace nacomp::mixing {

// The last whole word that began with each byte; 0 before there was one.
struct Words {
    uint32_t recent[256] = {};
};

// Words whose lower byte comes first: turned round, ARM64's relative targets to absolute ones; or back.
void turn_words(uint8_t* bytes, size_t size, bool forward);

}  // namespace nacomp::mixing
