#include "jpeg.h"

#include <utility>

#include "model.h"
#include "scans.h"

namespace nacomp::jpeg {
namespace {

// A block takes a bit of its component's first scan at least, and a coefficient two of its scan: what bounds the work.
constexpr size_t kBlocksPerByte = 8, kCoefficientsPerByte = 4;

struct Taken {
    Picture picture;
    std::vector<uint8_t> rest;
    int padding = -1;
};

Taken take_apart(const uint8_t* data, size_t size) {
    Taken taken;
    if (size > kMostBytes) throw Unsuited("more bytes than a file of this kind has");
    Segments segments(data, size, size * kBlocksPerByte);
    Scan scan;
    size_t from = 0;
    while (segments.next_scan(taken.picture, scan)) {
        if (from == 0) taken.picture.allocate();
        const uint8_t* end = read_scan(taken.picture, scan, data + segments.at(), data + size, taken.padding);
        taken.rest.insert(taken.rest.end(), data + from, data + segments.at());
        from = static_cast<size_t>(end - data);
        segments.go_on(from);
    }
    taken.rest.insert(taken.rest.end(), data + from, data + size);
    return taken;
}

// The picture that the segments describe, before its coefficients are known.
Picture described(const std::vector<uint8_t>& rest, size_t size) {
    Picture picture;
    Segments segments(rest.data(), rest.size(), size * kBlocksPerByte);
    Scan scan;
    while (segments.next_scan(picture, scan)) {
    }
    return picture;
}

std::vector<uint8_t> put_together(Picture& picture, const Parts& parts, size_t size) {
    std::vector<uint8_t> file;
    Picture again;  // without room for coefficients
    Segments segments(parts.rest.data(), parts.rest.size(), size * kBlocksPerByte);
    Scan scan;
    size_t from = 0;
    while (segments.next_scan(again, scan)) {
        file.insert(file.end(), parts.rest.begin() + static_cast<std::ptrdiff_t>(from),
                    parts.rest.begin() + static_cast<std::ptrdiff_t>(segments.at()));
        from = segments.at();
        write_scan(picture, scan, parts.padding, file, size);
    }
    file.insert(file.end(), parts.rest.begin() + static_cast<std::ptrdiff_t>(from), parts.rest.end());
    if (file.size() != size) throw Unsuited("another size than stated");
    return file;
}

}  // namespace

std::optional<Parts> open(const uint8_t* data, size_t size, const mixing::Kernel& kernel) {
    try {
        Taken taken = take_apart(data, size);
        Parts parts{std::move(taken.rest), {}, taken.padding == 0 ? 0 : 1};
        // Where the scans are not written again as they were there is nothing to code.
        const std::vector<uint8_t> again = put_together(taken.picture, parts, size);
        if (!std::equal(again.begin(), again.end(), data)) return std::nullopt;
        parts.words = encode_coefficients(taken.picture, kernel);
        return parts;
    } catch (const Unsuited&) {
        return std::nullopt;
    }
}

std::vector<uint8_t> close(const Parts& parts, size_t size, const mixing::Kernel& kernel) {
    if (size > kMostBytes) throw Unsuited("more bytes than a file of this kind has");
    Picture picture = described(parts.rest, size);
    picture.allocate();
    decode_coefficients(picture, parts.words, size * kCoefficientsPerByte + picture.blocks(), kernel);
    return put_together(picture, parts, size);
}

}  // namespace nacomp::jpeg
