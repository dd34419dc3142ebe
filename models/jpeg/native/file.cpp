#include "file.h"

#include <algorithm>

namespace nacomp::jpeg {

const uint8_t kZigzag[kCoefficients] = {
    0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,  12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6,  7,  14, 21, 28,
    35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};

namespace {

// The bytes of a segment.
class Body {
   public:
    Body(const uint8_t* at, size_t size) : at_(at), end_(at + size) {}
    int byte() {
        if (at_ == end_) throw Unsuited("a segment that is cut off");
        return *at_++;
    }
    int two() {
        const int upper = byte();
        return upper << 8 | byte();
    }
    bool ended() const { return at_ == end_; }

   private:
    const uint8_t *at_, *end_;
};

void read_quantisation(Body body, Picture& picture) {
    while (!body.ended()) {
        const int head = body.byte();
        if ((head & 15) > 3 || head >> 4 > 1) throw Unsuited("a quantisation table of another kind");
        for (int k = 0; k < kCoefficients; k++) {
            const int step = head >> 4 ? body.two() : body.byte();
            if (step == 0) throw Unsuited("a quantisation step of 0");
            picture.quantisation[head & 15][kZigzag[k]] = static_cast<uint16_t>(step);
        }
    }
}

Huffman read_huffman(Body& body) {
    Huffman table;
    int values = 0, code = 0;
    for (int length = 1; length <= 16; length++) {
        table.count[length] = body.byte();
        table.first_value[length] = values;
        table.first_code[length] = code;
        values += table.count[length];
        code += table.count[length];
        if (values > 256 || code > 1 << length) throw Unsuited("a Huffman table that is too full");
        code <<= 1;
    }
    int at = 0;
    for (int length = 1; length <= 16; length++)
        for (int i = 0; i < table.count[length]; i++, at++) {
            const int value = body.byte();
            if (table.length[value] != 0) throw Unsuited("a value with two codes");
            table.values[at] = static_cast<uint8_t>(value);
            table.code[value] = static_cast<uint16_t>(table.first_code[length] + i);
            table.length[value] = static_cast<uint8_t>(length);
        }
    return table;
}

int blocks_of(int samples, int factor, int most) { return ((samples * factor + most - 1) / most + 7) / 8; }

void read_frame(Body body, bool progressive, Picture& picture, size_t limit) {
    if (!picture.components.empty()) throw Unsuited("a second frame");
    if (body.byte() != 8) throw Unsuited("samples of other than 8 bits");
    const int height = body.two(), width = body.two(), count = body.byte();
    if (height == 0 || width == 0 || count == 0 || count > kMostComponents) throw Unsuited("a frame of another kind");
    picture.progressive = progressive;
    int across = 1, down = 1;
    for (int i = 0; i < count; i++) {
        Component component;
        component.id = body.byte();
        const int factors = body.byte();
        component.across = factors >> 4;
        component.down = factors & 15;
        component.table = body.byte();
        if (component.across < 1 || component.across > 4 || component.down < 1 || component.down > 4 || component.table > 3)
            throw Unsuited("a component of another kind");
        for (const Component& other : picture.components)
            if (other.id == component.id) throw Unsuited("two components of one name");
        across = std::max(across, component.across);
        down = std::max(down, component.down);
        picture.components.push_back(component);
    }
    if (!body.ended()) throw Unsuited("a frame with more in it");
    // The only component of a picture is never interleaved: its factors mean nothing.
    if (count == 1) across = down = picture.components[0].across = picture.components[0].down = 1;
    picture.units_across = (width + 8 * across - 1) / (8 * across);
    picture.units_down = (height + 8 * down - 1) / (8 * down);
    for (Component& component : picture.components) {
        component.width = picture.units_across * component.across;
        component.height = picture.units_down * component.down;
        component.own_width = blocks_of(width, component.across, across);
        component.own_height = blocks_of(height, component.down, down);
    }
    if (picture.blocks() > std::min(limit, kMostBlocks)) throw Unsuited("more blocks than the file can hold");
}

}  // namespace

size_t Picture::blocks() const {
    size_t sum = 0;
    for (const Component& component : components) sum += static_cast<size_t>(component.width) * static_cast<size_t>(component.height);
    return sum;
}

void Picture::allocate() {
    for (Component& component : components)
        component.coefficients.assign(static_cast<size_t>(component.width) * static_cast<size_t>(component.height) * kCoefficients, 0);
}

void Segments::read(int marker, const uint8_t* body, size_t size, Picture& picture) {
    if (marker == 0xDB) {
        read_quantisation(Body(body, size), picture);
    } else if (marker == 0xC4) {
        Body tables(body, size);
        while (!tables.ended()) {
            const int head = tables.byte();
            if (head >> 4 > 1 || (head & 15) > 3) throw Unsuited("a Huffman table of another kind");
            (head >> 4 ? ac_ : dc_)[head & 15] = read_huffman(tables);
        }
    } else if (marker == 0xDD) {
        restart_ = Body(body, size).two();
    } else if (marker >= 0xC0 && marker <= 0xC2) {
        read_frame(Body(body, size), marker == 0xC2, picture, limit_);
    } else if ((marker & 0xF0) == 0xC0 || marker == 0xDC) {
        throw Unsuited("a picture of another kind");  // arithmetic codes, lossless, hierarchical; a height that comes later
    }
}

Scan Segments::read_scan(const uint8_t* bytes, size_t size, const Picture& picture) const {
    Body body(bytes, size);
    Scan scan;
    const int count = body.byte();
    if (count < 1 || count > kMostComponents) throw Unsuited("a scan of another kind");
    for (int i = 0; i < count; i++) {
        const int id = body.byte(), tables = body.byte();
        const auto& all = picture.components;
        const auto found = std::find_if(all.begin(), all.end(), [id](const Component& c) { return c.id == id; });
        if (found == all.end() || (tables >> 4) > 3 || (tables & 15) > 3) throw Unsuited("a scan of what is not there");
        scan.components.push_back(static_cast<int>(found - all.begin()));
        scan.dc.push_back(dc_[tables >> 4]);
        scan.ac.push_back(ac_[tables & 15]);
    }
    scan.first = body.byte();
    scan.last = body.byte();
    const int bits = body.byte();
    scan.high = bits >> 4;
    scan.low = bits & 15;
    scan.restart = restart_;
    const bool whole = scan.first == 0 && scan.last == 63 && bits == 0;
    const bool band = scan.first > 0 && scan.first <= scan.last && scan.last <= 63 && count == 1;
    const bool refines = scan.high == 0 || scan.high == scan.low + 1;
    const bool progressive = (band || (scan.first == 0 && scan.last == 0)) && refines && scan.low <= 13;
    if (!body.ended() || !(picture.progressive ? progressive : whole)) throw Unsuited("a scan of another kind");
    return scan;
}

void Segments::check_whole(const Picture& picture) const {
    if (scans_ == 0) throw Unsuited("no scan");
    for (const Component& component : picture.components)
        if (picture.quantisation[component.table][0] == 0) throw Unsuited("a component without a quantisation table");
}

bool Segments::next_scan(Picture& picture, Scan& scan) {
    if (at_ == 0) {
        if (size_ < 2 || data_[0] != 0xFF || data_[1] != 0xD8) throw Unsuited("no JPEG file");
        at_ = 2;
    }
    for (;;) {
        if (size_ - at_ < 2 || data_[at_] != 0xFF) throw Unsuited("no marker where one is due");
        const int marker = data_[at_ + 1];
        if (marker == 0xFF) {
            at_++;
            continue;
        }
        if (marker == 0xD9) {
            check_whole(picture);
            return false;
        }
        if (marker < 0xC0 || (marker >= 0xD0 && marker <= 0xD8) || size_ - at_ < 4) throw Unsuited("a marker of another kind");
        const size_t size = static_cast<size_t>(data_[at_ + 2] << 8 | data_[at_ + 3]);
        if (size < 2 || size > size_ - at_ - 2) throw Unsuited("a segment that is cut off");
        const uint8_t* body = data_ + at_ + 4;
        at_ += 2 + size;
        if (marker == 0xDA) {
            if (++scans_ > kMostScans) throw Unsuited("too many scans");
            scan = read_scan(body, size - 2, picture);
            return true;
        }
        read(marker, body, size - 2, picture);
    }
}

}  // namespace nacomp::jpeg
