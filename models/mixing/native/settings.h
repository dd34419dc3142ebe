// What a block says of itself: everything that the predictor's shape depends on.
#pragma once

#include <cstdint>
#include <vector>

namespace nacomp::mixing {

enum class Profile { text = 0, binary = 1, samples = 2, image = 3, code = 4, bitmap = 5, words = 6, records = 7 };
constexpr int kProfiles = 8;

struct Settings {
    Profile profile = Profile::text;
    uint64_t size = 0;       // bytes of all streams together: it decides the tables' sizes
    int width = 0;           // binary, code: bytes of a record or row, 0 for none; samples: of a frame, whole samples; records: of a record, whole numbers; image, bitmap: of a row
    int pixel = 1;           // image: bytes of a pixel, 1 to 4; samples: bytes of a sample, 2 to 4; records: of a number, 2, 4 or 8; words: no matter here
    int delimiter = ',';     // text: the byte between the fields of a line
    int outside_inputs = 0;  // how many inputs come from outside with every bit, 0 to kMaxOutside
    // Beside a language model: the rows of each set of weights that is chosen from outside, instead of one of 256. Mixing then begins
    // with all trust in the first two outside inputs, and learns slowly.
    std::vector<int> selectors;
    const char* kernel = "";  // its name, "" for the best that runs here
};

constexpr int kMaxOutside = 8;
constexpr int kMaxWidth = 65535;
constexpr int kMaxChannels = 8;  // of samples

}  // namespace nacomp::mixing
