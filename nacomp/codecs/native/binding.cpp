// The thin layer to Python: hands buffers over, nothing else.
#include <pybind11/pybind11.h>

#include <string>

#include "native/view.h"
#include "ppmd.h"

namespace py = pybind11;
using nacomp::View;
using namespace nacomp::codecs;

namespace {

void check(int order, std::uint32_t memory, std::size_t size) {
    if (order < kLeastOrder || order > kMostOrder) throw std::invalid_argument("the order is 2 to 16");
    if (memory < kLeastMemory || memory > kMostMemory) throw std::invalid_argument("the memory is 2^11 to 2^30 bytes");
    if (size > kMostContent) throw std::invalid_argument("the content is 2^30 bytes at most");
}

py::bytes to_payload(const py::buffer& data, int order, std::uint32_t memory) {
    const View content(data);
    check(order, memory, content.size());
    std::vector<std::uint8_t> payload;
    {
        py::gil_scoped_release release;
        payload = encode(content.data(), content.size(), order, memory);
    }
    return py::bytes(reinterpret_cast<const char*>(payload.data()), payload.size());
}

py::bytes to_content(const py::buffer& payload, int order, std::uint32_t memory, std::size_t size) {
    const View bytes(payload);
    check(order, memory, size);
    std::vector<std::uint8_t> content;
    {
        py::gil_scoped_release release;
        content = decode(bytes.data(), bytes.size(), order, memory, size);
    }
    return py::bytes(reinterpret_cast<const char*>(content.data()), content.size());
}

}  // namespace

PYBIND11_MODULE(_ppmd, module) {
    module.doc() = "Native core of PPMd; bit-identical to nacomp/codecs/ppmd_reference.py.";
    py::register_exception<Corrupt>(module, "Corrupt", PyExc_ValueError);
    module.def("encode", &to_payload, py::arg("data"), py::arg("order"), py::arg("memory"));
    module.def("decode", &to_content, py::arg("payload"), py::arg("order"), py::arg("memory"), py::arg("size"));
}
