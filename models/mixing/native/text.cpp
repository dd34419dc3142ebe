// The text profile: words, lines and columns, fields, what encloses a place, and shapes.
#include <algorithm>

#include "contexts.h"

namespace nacomp::mixing {

namespace {

constexpr size_t kMaxDepth = 64;

bool is_letter(uint32_t kind) { return kind >= 2 && kind <= 4; }

void push(std::vector<uint32_t>& tags, uint32_t tag) {
    if (tags.size() < kMaxDepth) tags.push_back(tag);
}
void pop(std::vector<uint32_t>& tags) {
    if (!tags.empty()) tags.pop_back();
}

void read_word(Text& t, uint32_t byte, uint32_t kind) {
    if (is_letter(kind)) {
        t.word = combine(t.word + 1, kind == 3 ? byte + 32 : byte);
    } else if (t.word) {
        t.last_word = t.word;
        t.word = 0;
    }
    if (byte == ':' || byte == '=') t.key = t.last_word;
}

void start_field(Text& t, uint32_t position) {
    t.field_start = position;
    t.field_hash = 0;
    std::fill(t.line.fields + t.field, std::end(t.line.fields), position);
}

void read_fields(Text& t, uint32_t byte, uint32_t delimiter, uint32_t position) {
    t.field_hash = combine(t.field_hash + 1, byte);
    if (byte == '\n') {
        t.older = t.above;
        t.above = t.line;
        t.line.start = position;
        t.field = 0;
        start_field(t, position);
    } else if (byte == delimiter) {
        if (t.field < 31) t.field++;
        start_field(t, position);
    }
}

bool is_digit(uint32_t byte) { return byte >= '0' && byte <= '9'; }

// Before the byte above is the next one's. Of numbers that wander the first digits say how far the next are from those above.
void read_lead(Text& t, uint32_t byte) {
    if (t.lead == Text::kUnlike) return;
    if (is_digit(byte) && is_digit(t.field_up))
        t.lead = std::min(std::max(10 * t.lead + static_cast<int>(byte) - static_cast<int>(t.field_up), -2), 2);
    else if (byte != t.field_up)
        t.lead = Text::kUnlike;
}

// The elements of XML, and brackets of every other kind.
void read_tags(Text& t, uint32_t byte, uint32_t before, uint32_t kind) {
    if (t.state == Text::opened) {
        if (byte == '/') pop(t.tags);
        t.state = is_letter(kind) ? Text::named : Text::outside;
        t.tag = combine(0, byte);
    } else if (t.state == Text::named) {
        if (is_letter(kind) || kind == 1 || byte == '_' || byte == '-' || byte == ':') {
            t.tag = combine(t.tag + 1, byte);
        } else {
            push(t.tags, t.tag);
            t.state = Text::outside;
        }
    }
    if (byte == '<') t.state = Text::opened;
    else if (byte == '>' && before == '/') pop(t.tags);
    else if (byte == '{' || byte == '[' || byte == '(') push(t.tags, combine(t.key, byte));
    else if (byte == '}' || byte == ']' || byte == ')') pop(t.tags);
}

// The byte so far behind a field's start of an earlier line, if it lies before `end`.
uint32_t under(const Stream& s, const Line& line, uint32_t offset, uint32_t end) {
    const uint32_t at = line.fields[s.text.field] + offset;
    return at < end ? s.history[at] : 0;
}

}  // namespace

uint32_t kind_of(uint32_t byte) {
    if (byte >= '0' && byte <= '9') return 1;
    if (byte >= 'a' && byte <= 'z') return 2;
    if (byte >= 'A' && byte <= 'Z') return 3;
    if (byte >= 128) return 4;
    if (byte == ' ') return 5;
    if (byte == '\n') return 6;
    if (byte < 32) return 7;
    return 8 + (byte & 8 ? byte & 7 : byte >> 4 & 7);
}

void read_text(Stream& s, uint32_t byte, uint32_t delimiter) {
    Text& t = s.text;
    const uint32_t kind = kind_of(byte), position = s.position();
    const uint32_t shape = kind == 1 ? '0' : kind == 2 ? 'a' : kind == 3 ? 'A' : kind == 4 ? 128 : byte;
    read_word(t, byte, kind);
    t.older_shapes = t.older_shapes << 8 | t.shapes >> 24;
    t.shapes = t.shapes << 8 | shape;
    t.outline.read(shape, kind == 1 || is_letter(kind));
    t.numbers.read(byte, kind);
    t.path.read(s.last4);
    t.spelt.read(byte, s.last4 >> 8 & 255);
    t.next.read(byte);
    t.short_name.read(byte, kind, delimiter);
    read_lead(t, byte);
    t.measures.read(byte, t.field, byte == '\n' || byte == delimiter);
    read_fields(t, byte, delimiter, position);
    if (byte == '\n' || byte == delimiter) {
        t.lead = 0;
        t.next.foresee(s.history.data(), t.above.fields[t.field], t.line.start, t.older.fields[t.field], t.above.start);
    }
    read_tags(t, byte, s.last4 >> 8 & 255, kind);
    t.field_up = under(s, t.above, position - t.field_start, t.line.start);
}

void text_contexts(const Stream& s, const Followers& followers, ContextList list) {
    const Text& t = s.text;
    const uint32_t c4 = s.last4, c1 = c4 & 255, column = s.position() - t.line.start, offset = s.position() - t.field_start;
    const uint32_t top = t.tags.empty() ? 0 : t.tags.back();
    const uint32_t next_up = under(s, t.above, offset + 1, t.line.start);
    const uint32_t older_up = under(s, t.older, offset, t.above.start);
    const uint32_t spelt = t.spelt.coming(), next = t.next.coming(), name = t.short_name.coming(), path = t.path.coming();
    const uint32_t lead = static_cast<uint32_t>(t.lead + 3), led = lead << 16 | t.field_up;
    const bool curved = t.path.is_curved();  // then the fields' contexts are those of its numbers
    list.add(path ? path : spelt ? spelt : next ? next : name);
    list.add(c1);
    list.add(c4 & 0xffff);
    list.add(c4 & 0xffffff);
    list.add(c4);
    list.add(combine(c4, s.last8 & 0xffff));
    list.add(combine(t.word, c1));
    list.add(combine(combine(t.word, t.last_word), c1));
    list.add(c4 & 0xffff00);
    if (t.numbers.size) list.add(combine(combine(t.numbers.hash, t.numbers.before), t.numbers.letter));
    else list.add(combine(combine(t.outline.newest, t.outline.older), c1));
    list.add(curved ? combine(path, c1) : combine(combine(t.field, lead << 8 | t.field_up), c1));
    list.add(curved ? t.path.so_far(c1) : combine(t.field, t.field_hash));
    list.add(combine(t.shapes, t.older_shapes & 0xffff));
    list.add(combine(combine(top, t.word), c1));
    list.add(combine(t.last_word, c4 & 0xffff));
    list.add(combine(column, kind_of(c1)));
    list.add(combine(followers.of_byte[c1] & 0xffff, c1));
    list.add(combine(name ? name : followers.of_pair[c4 & 0xffff] & 0xffff, c1));
    list.add(combine(combine(t.shapes, t.older_shapes), t.field));
    list.add(combine(t.field, next_up << 8 | led));
    list.add(curved ? t.path.same_axis(c1) : combine(t.field, older_up << 8 | led));
    list.add(curved ? t.path.sizes(c1) : combine(combine(next_up << 8 | led, column), c1));
}

}  // namespace nacomp::mixing
