// The thin layer to Python: hands buffers over, nothing else.
#include <pybind11/pybind11.h>

#include <optional>
#include <stdexcept>
#include <string>

#include "file.h"
#include "jpeg.h"
#include "native/dispatch.h"
#include "native/view.h"

namespace py = pybind11;
using nacomp::View;
using namespace nacomp::jpeg;

namespace {

const nacomp::mixing::Kernel& kernel_named(const std::string& name) {
    const nacomp::mixing::Kernel* kernel = nacomp::find_kernel(nacomp::mixing::compiled_kernels(), name.c_str());
    if (kernel == nullptr) throw std::invalid_argument("no such kernel runs here");
    return *kernel;
}

py::object take_apart(const py::buffer& data, const std::string& kernel) {
    const View file(data);
    const nacomp::mixing::Kernel& chosen = kernel_named(kernel);
    std::optional<Parts> parts;
    {
        py::gil_scoped_release release;
        parts = open(file.data(), file.size(), chosen);
    }
    if (!parts) return py::none();
    const py::bytes rest(reinterpret_cast<const char*>(parts->rest.data()), parts->rest.size());
    std::string words(parts->words.size() * 4, '\0');
    for (size_t i = 0; i < parts->words.size(); i++)
        for (size_t k = 0; k < 4; k++) words[4 * i + k] = static_cast<char>(parts->words[i] >> (8 * k) & 255);
    return py::make_tuple(parts->padding, rest, py::bytes(words));
}

py::bytes put_together(int padding, const py::buffer& rest, const py::buffer& words, std::size_t size, const std::string& kernel) {
    const View outside(rest), coded(words);
    const nacomp::mixing::Kernel& chosen = kernel_named(kernel);
    if (padding < 0 || padding > 1) throw std::domain_error("the padding is 0 or 1");
    if (coded.size() % 4 != 0) throw std::domain_error("words that are not whole");
    Parts parts{{outside.data(), outside.data() + outside.size()}, {}, padding};
    for (size_t i = 0; i < coded.size(); i += 4) {
        uint32_t word = 0;
        for (size_t k = 0; k < 4; k++) word |= static_cast<uint32_t>(coded.data()[i + k]) << (8 * k);
        parts.words.push_back(word);
    }
    std::vector<uint8_t> file;
    {
        py::gil_scoped_release release;
        file = close(parts, size, chosen);
    }
    return py::bytes(reinterpret_cast<const char*>(file.data()), file.size());
}

}  // namespace

PYBIND11_MODULE(_jpeg, m) {
    m.def("take_apart", &take_apart, py::arg("data"), py::arg("kernel") = "");
    m.def("put_together", &put_together, py::arg("padding"), py::arg("rest"), py::arg("words"), py::arg("size"),
          py::arg("kernel") = "");
}
