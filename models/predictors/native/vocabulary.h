// What the predictors know of a vocabulary. Mirrors models/tokens/vocabulary.py.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "history.h"

namespace nacomp::predictors {

constexpr std::size_t kPage = 256;  // symbols of a page

struct Vocabulary {
    int size;                          // token ids, V
    int token_pages;                   // pages they fill; the escapes' page follows
    std::vector<std::int32_t> widths;  // (V,) bytes; -1 - bytes behind the last line end; kNeverCoded: control tokens

    static constexpr std::int32_t kNeverCoded = INT32_MIN;
    int pages() const { return token_pages + 1; }
    Symbol first_escape() const { return token_pages * static_cast<int>(kPage); }
    Symbol symbols() const { return pages() * static_cast<int>(kPage); }
    // Whether an id below the escapes may be coded: not those of control tokens, nor those behind the last token.
    bool codable(Symbol token) const { return token < size && widths[token] != kNeverCoded; }
};

}  // namespace nacomp::predictors
