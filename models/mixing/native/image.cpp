// The image profile: 8-bit components, predicted from the pixels beside and above, and from the components before.
#include "contexts.h"

namespace nacomp::mixing {

namespace {
uint32_t clip(int x) { return static_cast<uint32_t>(x > 255 ? 255 : x < 0 ? 0 : x); }
}  // namespace

void image_contexts(Stream& s, const Settings& settings, ContextList list) {
    const uint32_t row = static_cast<uint32_t>(settings.width), pixel = static_cast<uint32_t>(settings.pixel);
    learn_component(s);
    guess_component(s, row, pixel);
    const auto back = [&](uint32_t distance) { return static_cast<int>(s.back(distance)); };
    const uint32_t c4 = s.last4, colour = s.position() % pixel;
    const int w = back(pixel), n = back(row), nw = back(row + pixel), ne = back(row - pixel);
    const int c1 = back(1), c2 = back(2), plane = w + n - nw;
    const uint32_t flat = clip(plane), mean = static_cast<uint32_t>((w + n + 1) >> 1);
    // What the component before did against its neighbours.
    const uint32_t west = clip(w + c1 - back(pixel + 1)), north = clip(n + c1 - back(row + 1));
    const uint32_t both = clip(plane + c1 - back(pixel + 1) - back(row + 1) + back(row + pixel + 1));
    const uint32_t diagonal = clip(n + ne - back(2 * row - pixel));
    const uint32_t onward = clip(2 * w - back(2 * pixel)) << 8 | clip(2 * n - back(2 * row));
    list.add(combine(flat, colour));
    list.add(combine(mean << 8 | west, colour));
    list.add(combine(both, colour));
    list.add(combine(both << 8 | static_cast<uint32_t>(c1), colour));
    list.add(combine(west << 8 | north, colour));
    list.add(combine(static_cast<uint32_t>(w << 8 | n), colour));
    list.add(combine(static_cast<uint32_t>(w << 16 | n << 8 | ne), colour));
    list.add(combine(diagonal << 8 | west, colour));
    list.add(combine(onward, colour));
    list.add(combine(static_cast<uint32_t>((w + ne + 1) >> 1) << 8 | both, colour));
    list.add(combine(flat << 8 | both, colour));
    list.add(combine(static_cast<uint32_t>(w >> 3 << 15 | n >> 3 << 10 | ne >> 3 << 5 | nw >> 3), colour));
    list.add(combine(static_cast<uint32_t>(c1 << 8 | c2), combine(both >> 2, colour)));
    list.add(combine((both + west + north) / 3, combine(colour, static_cast<uint32_t>(c1) >> 4)));
    list.add(0);
    list.add(c4 & 0xff);
    list.add(c4 & 0xffff);
    list.add(combine(c4 & 0xffffff, colour));
}

}  // namespace nacomp::mixing
