// The thin layer to Python: checks ranges, hands bytes over, lets other threads run meanwhile.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "code.h"
#include "codec.h"
#include "runs.h"
#include "native/dispatch.h"

namespace py = pybind11;
using namespace nacomp::mixing;

namespace {

Settings parse(int profile, std::uint64_t size, int width, int pixel, int delimiter, const std::string& kernel) {
    if (profile < 0 || profile >= kProfiles) throw std::invalid_argument("profile");
    Settings settings;
    settings.profile = static_cast<Profile>(profile);
    settings.size = size;
    settings.width = width;
    settings.pixel = pixel;
    settings.delimiter = delimiter;
    settings.kernel = kernel.c_str();
    return settings;
}

Settings parse_picture(std::uint64_t size, int row, int pixel) {
    if (row < pixel || pixel < 1 || row % pixel) throw std::invalid_argument("row");
    Settings settings;
    settings.profile = Profile::image;
    settings.size = size;
    settings.width = row;
    settings.pixel = pixel;
    return settings;
}

py::bytes as_bytes(const std::vector<uint32_t>& words) {
    std::string bytes;
    for (uint32_t word : words)
        for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<char>(word >> shift & 255));
    return py::bytes(bytes);
}

std::vector<uint32_t> as_words(std::string_view bytes) {
    std::vector<uint32_t> words(bytes.size() / 4);
    for (size_t i = 0; i < words.size() * 4; i++)
        words[i / 4] |= static_cast<uint32_t>(static_cast<unsigned char>(bytes[i])) << (8 * (i % 4));
    return words;
}

class Encoder {
   public:
    Encoder(int profile, std::uint64_t size, int width, int pixel, int delimiter, const std::string& kernel)
        : left_(size), block_(parse(profile, size, width, pixel, delimiter, kernel)) {}
    // Appends bytes; returns how many bytes of words there are so far.
    size_t encode(std::string_view bytes) {
        if (finished_ || bytes.size() > left_) throw std::invalid_argument("more bytes than were announced");
        left_ -= bytes.size();
        py::gil_scoped_release others_run;
        block_.encode(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
        return 4 * block_.words();
    }
    py::bytes finish() {
        if (finished_) throw std::invalid_argument("finished before");
        finished_ = true;
        return as_bytes(block_.finish());
    }

   private:
    std::uint64_t left_;
    bool finished_ = false;
    BlockEncoder block_;
};

// The next bytes. Raises ValueError for words that no encoder writes.
template <class Block> py::bytes decoded(Block& block, std::uint64_t& left, std::uint64_t count) {
    left -= count;
    std::string bytes(count, '\0');
    try {
        py::gil_scoped_release others_run;
        block.decode(reinterpret_cast<uint8_t*>(bytes.data()), count);
    } catch (const std::domain_error&) {
        left = 0;  // what follows would mean nothing
        throw;
    }
    return py::bytes(bytes);
}

class Decoder {
   public:
    Decoder(std::string_view words, int profile, std::uint64_t size, int width, int pixel, int delimiter,
            const std::string& kernel)
        : left_(size), block_(parse(profile, size, width, pixel, delimiter, kernel), as_words(words)) {}
    py::bytes decode(std::uint64_t count) {
        if (count > left_) throw std::invalid_argument("more bytes than were announced");
        return decoded(block_, left_, count);
    }

   private:
    std::uint64_t left_;
    BlockDecoder block_;
};

// A picture: whole pixels, in flat parts one decision for each.
class PictureWriter {
   public:
    PictureWriter(std::uint64_t size, int row, int pixel) : pixel_(pixel), left_(size), block_(parse_picture(size, row, pixel)) {}
    size_t encode(std::string_view bytes) {
        if (bytes.size() > left_ || bytes.size() % static_cast<size_t>(pixel_)) throw std::invalid_argument("not whole pixels that were announced");
        left_ -= bytes.size();
        py::gil_scoped_release others_run;
        block_.encode(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
        return 4 * block_.words();
    }
    py::bytes finish() {
        left_ = 0;
        return as_bytes(block_.finish());
    }

   private:
    int pixel_;
    std::uint64_t left_;
    PictureEncoder block_;
};

class PictureReader {
   public:
    PictureReader(std::string_view words, std::uint64_t size, int row, int pixel)
        : pixel_(pixel), left_(size), block_(parse_picture(size, row, pixel), as_words(words)) {}
    py::bytes decode(std::uint64_t count) {
        if (count > left_ || count % static_cast<std::uint64_t>(pixel_)) throw std::invalid_argument("not whole pixels that were announced");
        return decoded(block_, left_, count);
    }

   private:
    int pixel_;
    std::uint64_t left_;
    PictureDecoder block_;
};

// The predictor itself, for the tests: several streams, outside inputs.
class Predictor {
   public:
    Predictor(int profile, std::uint64_t size, int width, int pixel, int delimiter, int outside_inputs, int streams,
              const std::string& kernel)
        : outside_(outside_inputs), streams_(streams), left_(8 * size) {
        Settings settings = parse(profile, size, width, pixel, delimiter, kernel);
        settings.outside_inputs = outside_inputs;
        mixing_ = std::make_unique<Mixing>(settings, streams);
    }
    uint32_t predict(int stream, const std::vector<std::int16_t>& outside, int selector) {
        if (stream < 0 || stream >= streams_ || static_cast<int>(outside.size()) != outside_) throw std::invalid_argument("stream");
        asked_ = true;
        return mixing_->predict(stream, outside.data(), selector);
    }
    void learn(int bit) {
        if (!asked_ || bit < 0 || bit > 1 || left_ == 0) throw std::invalid_argument("bit");
        asked_ = false;
        left_--;
        mixing_->learn(bit);
    }

   private:
    int outside_, streams_;
    std::uint64_t left_;
    bool asked_ = false;
    std::unique_ptr<Mixing> mixing_;
};

}  // namespace

PYBIND11_MODULE(_mixing, module) {
    module.doc() = "Native core of the context-mixing predictor; bit-identical to models/mixing/reference.py.";
    py::class_<Encoder>(module, "Encoder")
        .def(py::init<int, std::uint64_t, int, int, int, const std::string&>(), py::arg("profile"), py::arg("size"),
             py::arg("width") = 0, py::arg("pixel") = 1, py::arg("delimiter") = 0, py::arg("kernel") = "")
        .def("encode", &Encoder::encode)
        .def("finish", &Encoder::finish);
    py::class_<Decoder>(module, "Decoder")
        .def(py::init<std::string_view, int, std::uint64_t, int, int, int, const std::string&>(), py::arg("words"),
             py::arg("profile"), py::arg("size"), py::arg("width") = 0, py::arg("pixel") = 1, py::arg("delimiter") = 0,
             py::arg("kernel") = "")
        .def("decode", &Decoder::decode);
    py::class_<PictureWriter>(module, "PictureEncoder")
        .def(py::init<std::uint64_t, int, int>(), py::arg("size"), py::arg("row"), py::arg("pixel"))
        .def("encode", &PictureWriter::encode)
        .def("finish", &PictureWriter::finish);
    py::class_<PictureReader>(module, "PictureDecoder")
        .def(py::init<std::string_view, std::uint64_t, int, int>(), py::arg("words"), py::arg("size"), py::arg("row"), py::arg("pixel"))
        .def("decode", &PictureReader::decode);
    py::class_<Predictor>(module, "Predictor")
        .def(py::init<int, std::uint64_t, int, int, int, int, int, const std::string&>(), py::arg("profile"), py::arg("size"),
             py::arg("width") = 0, py::arg("pixel") = 1, py::arg("delimiter") = 0, py::arg("outside_inputs") = 0,
             py::arg("streams") = 1, py::arg("kernel") = "")
        .def("predict", &Predictor::predict, py::arg("stream"), py::arg("outside") = std::vector<std::int16_t>{},
             py::arg("selector") = 0)
        .def("learn", &Predictor::learn);
    module.def("turn_code", [](std::string_view content, bool forward) {
        std::string turned(content);
        {
            py::gil_scoped_release others_run;
            turn_code(reinterpret_cast<uint8_t*>(turned.data()), turned.size(), forward);
        }
        return py::bytes(turned);
    }, py::arg("content"), py::arg("forward"));
    module.def("turn_words", [](std::string_view content, bool forward) {
        std::string turned(content);
        turn_words(reinterpret_cast<uint8_t*>(turned.data()), turned.size(), forward);
        return py::bytes(turned);
    }, py::arg("content"), py::arg("forward"));
    module.def("available_kernels", [] {
        std::vector<std::string> names;
        for (const Kernel* const* kernel = compiled_kernels(); *kernel; kernel++)
            if ((*kernel)->runs_here()) names.emplace_back((*kernel)->name);
        return names;
    });
}
