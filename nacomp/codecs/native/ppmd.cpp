#include "ppmd.h"

namespace nacomp::codecs {

std::vector<std::uint8_t> encode(const std::uint8_t* data, std::size_t size, int order, std::uint32_t memory) {
    Model model(order, memory);
    RangeEncoder coder;
    for (std::size_t i = 0; i < size; ++i) {
        coder.next(data[i]);
        model.code(coder);
    }
    return coder.finish();
}

std::vector<std::uint8_t> decode(const std::uint8_t* payload, std::size_t size, int order, std::uint32_t memory,
                                 std::size_t content_size) {
    RangeDecoder coder(payload, size);
    Model model(order, memory);
    std::vector<std::uint8_t> content;  // grows with what is decoded: a size alone takes no memory
    while (content.size() < content_size) content.push_back(model.code(coder));
    coder.finish();
    return content;
}

}  // namespace nacomp::codecs
