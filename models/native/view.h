// What a binding reads of Python's bytes.
#pragma once

#include <pybind11/pybind11.h>

#include <cstddef>
#include <cstdint>

namespace nacomp {

// The bytes of a contiguous buffer, which stays alive as long as this does.
class View {
public:
    explicit View(const pybind11::buffer& buffer) {
        if (PyObject_GetBuffer(buffer.ptr(), &view_, PyBUF_SIMPLE) != 0) throw pybind11::error_already_set();
    }
    ~View() { PyBuffer_Release(&view_); }
    View(const View&) = delete;
    View& operator=(const View&) = delete;

    // Never null: of an empty buffer a byte that is not its own.
    const std::uint8_t* data() const {
        static const std::uint8_t none = 0;
        return view_.len ? static_cast<const std::uint8_t*>(view_.buf) : &none;
    }
    std::size_t size() const { return static_cast<std::size_t>(view_.len); }

private:
    Py_buffer view_;
};

}  // namespace nacomp
