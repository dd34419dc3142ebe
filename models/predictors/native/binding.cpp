// The thin layer to Python: checks shapes and ranges, hands buffers over, nothing else.
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <stdexcept>
#include <string>

#include "ensemble.h"

namespace py = pybind11;
using namespace nacomp;

namespace {

template <typename T>
using Array = py::array_t<T, py::array::c_style | py::array::forcecast>;

void demand(bool holds, const char* what) {
    if (!holds) throw std::invalid_argument(what);
}

Parameters parse(const py::dict& values) {
    const auto number = [&](const char* name) { return values[name].cast<int>(); };
    Parameters p{number("ngram_orders"), number("table_bits"), number("match_minimum"),
                 number("bias_rate"),    number("chain"),      values["skip"].cast<bool>()};
    demand(p.ngram_orders >= 0 && p.ngram_orders <= kMaxOrders, "ngram_orders");
    demand(p.table_bits >= 8 && p.table_bits <= 20, "table_bits");
    demand(p.match_minimum >= 0 && p.match_minimum <= kMaxMinimum, "match_minimum");
    demand(p.chain >= 0 && p.chain <= kMaxChain, "chain");
    return p;
}

const DenseKernel& choose(const std::string& name) {
    if (name == "auto") return dense_kernel();
    const DenseKernel* kernel = dense_kernel(name.c_str());
    demand(kernel != nullptr, "this CPU does not run that version");
    return *kernel;
}

class Binding {
public:
    Binding(const Array<bool>& speakable, const py::dict& parameters, int streams, const std::string& version)
        : ensemble_(layout(speakable), parse(parameters), checked(streams), choose(version)) {}

    py::array_t<bool> wants_model(const Array<std::int32_t>& streams) {
        const int rows = live(streams);
        py::array_t<bool> wants(rows);
        ensemble_.wants_model(streams.data(), rows, reinterpret_cast<std::uint8_t*>(wants.mutable_data()));
        return wants;
    }

    py::array_t<double> predict(const Array<std::int32_t>& streams, const Array<float>& logits, const Array<bool>& has) {
        const int rows = live(streams);
        demand(has.ndim() == 1 && has.size() == rows, "has_logits must have one entry per row");
        py::ssize_t given = 0;
        for (int i = 0; i < rows; ++i) given += has.data()[i];
        demand(logits.ndim() == 2 && logits.shape(0) == given && logits.shape(1) == ensemble_.layout().size,
               "logits must be (rows with logits, vocabulary)");
        py::array_t<double> out({rows, ensemble_.layout().pages()});
        double* to = out.mutable_data();
        {
            py::gil_scoped_release release;
            ensemble_.predict(streams.data(), rows, logits.data(), reinterpret_cast<const std::uint8_t*>(has.data()), to);
        }
        return out;
    }

    py::array_t<double> choose_pages(const Array<std::int32_t>& pages) {
        step(pages, ensemble_.layout().pages());
        py::array_t<double> out({ensemble_.rows(), static_cast<int>(kPage)});
        ensemble_.choose_pages(pages.data(), out.mutable_data());
        return out;
    }

    void update(const Array<std::int32_t>& symbols) {
        step(symbols, ensemble_.layout().symbols());
        py::gil_scoped_release release;
        ensemble_.update(symbols.data());
    }

private:
    static Layout layout(const Array<bool>& speakable) {
        demand(speakable.ndim() == 1 && speakable.size() > 0 && speakable.size() <= (1 << 24), "the vocabulary's size");
        const int size = static_cast<int>(speakable.size());
        Layout result{size, (size + 255) / 256, {}};
        result.speakable.assign(speakable.data(), speakable.data() + size);
        return result;
    }

    static int checked(int streams) {
        demand(streams > 0 && streams <= 65536, "streams must be 1 to 65536");
        return streams;
    }

    int live(const Array<std::int32_t>& streams) const {
        demand(streams.ndim() == 1 && streams.size() <= ensemble_.streams(), "streams must be (row,)");
        for (py::ssize_t i = 0; i < streams.size(); ++i)
            demand(streams.data()[i] >= (i ? streams.data()[i - 1] + 1 : 0) && streams.data()[i] < ensemble_.streams(),
                   "streams must ascend within 0..S-1");
        return static_cast<int>(streams.size());
    }

    void step(const Array<std::int32_t>& values, int limit) const {
        demand(values.ndim() == 1 && values.size() == ensemble_.rows(), "one value per row of the open step");
        for (py::ssize_t i = 0; i < values.size(); ++i)
            demand(values.data()[i] >= 0 && values.data()[i] < limit, "a page or symbol is out of range");
    }

    Ensemble ensemble_;
};

// (symbol,) per stream whether the model will be asked: a dry run of the symbol-only predictors.
std::vector<py::array_t<bool>> plan(const py::dict& parameters, const std::vector<Array<std::int32_t>>& symbols) {
    const Parameters p = parse(parameters);
    Sparse sparse(p, static_cast<int>(symbols.size()));
    std::vector<py::array_t<bool>> wants;
    std::vector<Candidates> proposed(symbols.size());
    py::ssize_t longest = 0;
    for (const auto& stream : symbols) {
        demand(stream.ndim() == 1, "symbols must be (n,) per stream");
        wants.emplace_back(stream.size());
        longest = std::max(longest, stream.size());
    }
    for (py::ssize_t t = 0; t < longest; ++t) {
        for (std::size_t s = 0; s < symbols.size(); ++s) {
            if (t >= symbols[s].size()) continue;
            sparse.propose(static_cast<int>(s), proposed[s]);
            wants[s].mutable_data()[t] = sparse.wants_model(proposed[s]);
        }
        for (std::size_t s = 0; s < symbols.size(); ++s) {
            if (t >= symbols[s].size()) continue;
            const Symbol symbol = symbols[s].data()[t];
            sparse.chain.learn(proposed[s], symbol, false);
            sparse.learn(static_cast<int>(s), symbol);
        }
    }
    return wants;
}

}  // namespace

PYBIND11_MODULE(_ensemble, module) {
    module.doc() = "Native core of the predictors; bit-identical to models/predictors/reference.py.";
    py::class_<Binding>(module, "Ensemble")
        .def(py::init<const Array<bool>&, const py::dict&, int, const std::string&>(), py::arg("speakable"),
             py::arg("parameters"), py::arg("streams"), py::arg("version") = "auto")
        .def("wants_model", &Binding::wants_model)
        .def("predict", &Binding::predict)
        .def("choose_pages", &Binding::choose_pages)
        .def("update", &Binding::update);
    module.def("plan", &plan, py::arg("parameters"), py::arg("symbols"));
    module.def("versions", [] {
        std::vector<std::string> names;
        for (const char* name : {"plain", "avx2", "avx512"})
            if (dense_kernel(name)) names.emplace_back(name);
        return names;
    });
}
