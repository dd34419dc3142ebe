#include "contexts.h"

namespace nacomp::jpeg {
namespace {

// 1024 times the cosine of k pi / 16, times the square root of 2.
constexpr int64_t kCosines[9] = {1448, 1420, 1338, 1204, 1024, 805, 554, 283, 0};

// The share that a frequency has in a sample, 2^-10.
int64_t share(int sample, int frequency) {
    if (frequency == 0) return 1024;
    const int angle = (2 * sample + 1) * frequency % 32;  // of 32 to a turn
    const int folded = angle > 16 ? 32 - angle : angle;
    return folded <= 8 ? kCosines[folded] : -kCosines[16 - folded];
}

}  // namespace

Edge edge_of(const int16_t* q, const uint16_t* steps, bool rows, bool far) {
    Edge edge;
    for (int line = 0; line < 2; line++) {
        const int at = far ? 7 - line : line;
        int64_t part[8];
        for (int k = 0; k < 8; k++) {
            int64_t sum = 0;
            for (int f = 0; f < 8; f++) {
                const int place = rows ? f * 8 + k : k * 8 + f;
                if (place > 0) sum += share(at, f) * q[place] * steps[place];
            }
            part[k] = sum >> 7;
        }
        for (int sample = 0; sample < 8; sample++) {
            int64_t sum = 0;
            for (int k = 0; k < 8; k++) sum += share(sample, k) * part[k];
            edge[static_cast<size_t>(line)][static_cast<size_t>(sample)] =
                static_cast<int32_t>(std::clamp<int64_t>(sum >> 13, -(1 << 24), 1 << 24));
        }
    }
    return edge;
}

Smooth smooth(const Edge* above, const Edge& upper, const Edge* left, const Edge& own_left) {
    int32_t found[16];
    int count = 0;
    int64_t sides[2] = {};
    const auto side = [&](const Edge* other, const Edge& own, int64_t& sum) {
        if (other == nullptr) return;
        for (size_t i = 0; i < 8; i++) {
            const int32_t step = ((*other)[0][i] - (*other)[1][i]) + (own[1][i] - own[0][i]);
            found[count] = (*other)[0][i] + (step >> 1) - own[0][i];
            sum += found[count++];
        }
    };
    side(above, upper, sides[0]);
    side(left, own_left, sides[1]);
    Smooth all;
    if (count == 0) return all;
    std::sort(found, found + count);
    int64_t middle = 0, away = 0;
    for (int i = count / 4; i < count - count / 4; i++) middle += found[i];
    all.mean = static_cast<int32_t>(floor_div(middle, count / 2));
    for (int i = 0; i < count; i++) away += std::abs(found[i] - all.mean);
    all.spread = static_cast<int32_t>(away / count);
    all.range = found[count - 1] - found[0];
    if (count == 16) all.difference = static_cast<int32_t>((sides[0] >> 3) - (sides[1] >> 3));
    return all;
}

}  // namespace nacomp::jpeg
