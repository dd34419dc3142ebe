// The binary profile: what the match expects, orders, bytes left out, the record or row above, and what followed before.
#include "contexts.h"
#include "match.h"

namespace nacomp::mixing {

uint32_t expected(const Stream& s) {
    const Match& match = s.matches[0];
    if (match.guess < 0) return 0;
    return combine(static_cast<uint32_t>(match.guess) + 1, combine(length_class(match.length), s.last4 & 255));
}

void add_orders(const Stream& s, const Settings& settings, ContextList& list) {
    const uint32_t c4 = s.last4, c1 = c4 & 255, width = static_cast<uint32_t>(settings.width);
    list.add(expected(s));
    list.add(c1);
    list.add(c4 & 0xffff);
    list.add(c4 & 0xffffff);
    list.add(c4);
    list.add(combine(c4, s.last8 & 0xffff));
    list.add(c4 & 0xff00);
    list.add(c4 & 0xffff00);
    list.add(c4 & 0xffff0000);
    list.add(c4 & 0xf0f0f0f0);
    list.add(combine(s.back(width) << 8 | s.back(2 * width), s.column(width)));
}

void binary_contexts(const Stream& s, const Followers& followers, const Settings& settings, ContextList list) {
    const uint32_t c4 = s.last4, c1 = c4 & 255, width = static_cast<uint32_t>(settings.width);
    add_orders(s, settings, list);
    list.add(combine(s.back(width) << 8 | s.back(width + 1), c1));
    list.add(combine(followers.of_byte[c1] & 0xffff, c1));
    list.add(combine(followers.of_pair[c4 & 0xffff] & 0xffff, c1));
}

}  // namespace nacomp::mixing
