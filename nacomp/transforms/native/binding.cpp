// The thin layer to Python: hands buffers over, nothing else.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <string_view>

#include "bits.h"
#include "chunks.h"
#include "deflate.h"
#include "marks.h"
#include "native/view.h"

namespace py = pybind11;
using nacomp::View;
using namespace nacomp::transforms;

namespace {

Bytes bytes_of(const View& view) { return {view.data(), view.size()}; }

py::bytes to_python(const std::vector<std::uint8_t>& bytes) {
    return py::bytes(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

py::object open_stream(const py::buffer& data, std::uint64_t start_bit, const py::buffer& dictionary, std::size_t limit,
                       std::size_t piece) {
    const View stream(data), before(dictionary);
    if (before.size() > kMostDictionary) throw std::invalid_argument("a dictionary has at most 32,768 bytes");
    if (limit > kMostContent) throw std::invalid_argument("the limit is 2^30 bytes at most");
    std::optional<Opened> opened;
    {
        py::gil_scoped_release release;
        opened = open(bytes_of(stream), start_bit, bytes_of(before), limit, piece);
    }
    if (!opened) return py::none();
    return py::make_tuple(to_python(opened->content), to_python(opened->corrections), opened->bits, opened->final);
}

py::tuple rebuild_stream(const py::buffer& content, const py::buffer& corrections, const py::buffer& dictionary,
                         std::size_t limit) {
    const View stream(content), description(corrections), before(dictionary);
    Rebuilt rebuilt;
    {
        py::gil_scoped_release release;
        rebuilt = rebuild(bytes_of(stream), bytes_of(description), bytes_of(before), limit);
    }
    return py::make_tuple(to_python(rebuilt.bytes), rebuilt.lead, rebuilt.bits, rebuilt.final);
}

// (mark,) of what is found: its kind and where it begins.
py::list marks(const py::buffer& data) {
    const View view(data);
    std::vector<Found> found;
    {
        py::gil_scoped_release release;
        found = find_marks(view.data(), view.size());
    }
    py::list list;
    for (const Found& one : found) list.append(py::make_tuple(one.start, static_cast<int>(one.mark)));
    return list;
}

std::vector<std::size_t> cuts(const py::buffer& data, std::size_t least, std::size_t most, int bits, bool is_last) {
    const View view(data);
    if (least < 1 || most < least || bits < 1 || bits > 63) throw std::invalid_argument("no chunks have such sizes");
    py::gil_scoped_release release;
    return chunk_ends(view.data(), view.size(), {least, most, bits}, is_last);
}

}  // namespace

PYBIND11_MODULE(_deflate, module) {
    module.doc() = "Native core of the deflate model; bit-identical to nacomp/transforms/deflate_reference.py.";
    py::register_exception<Corrupt>(module, "Corrupt", PyExc_ValueError);
    module.def("open_stream", &open_stream, py::arg("data"), py::arg("start_bit"), py::arg("dictionary"), py::arg("limit"),
               py::arg("piece"));
    module.def("find_marks", &marks, py::arg("data"));
    module.def("chunk_ends", &cuts, py::arg("data"), py::arg("least"), py::arg("most"), py::arg("bits"), py::arg("is_last"));
    module.def("rebuild", &rebuild_stream, py::arg("content"), py::arg("corrections"), py::arg("dictionary"),
               py::arg("limit") = SIZE_MAX);
}
