// The thin layer to Python: checks shapes and ranges, hands buffers over, nothing else.
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "ensemble.h"
#include "native/dispatch.h"
#include "native/float_rules.h"

namespace py = pybind11;
using namespace nacomp::predictors;

namespace {

template <typename T>
using Array = py::array_t<T, py::array::c_style | py::array::forcecast>;

void demand(bool holds, const char* what) {
    if (!holds) throw std::invalid_argument(what);
}

int number(const py::dict& values, const char* name, int low, int high) {
    const int value = values[name].cast<int>();
    demand(value >= low && value <= high, name);
    return value;
}

Parameters parse(const py::dict& values) {
    return {number(values, "ngram_orders", 0, kMaxOrders), number(values, "table_bits", 8, 20),
            number(values, "match_minimum", 0, kMaxMinimum), number(values, "chain", 0, kMaxCandidates),
            values["skip"].cast<bool>(), number(values, "skip_regime", 0, 65536)};
}

Rates parse_rates(const py::dict& values) {
    return {number(values, "bias_rate", 0, 65536), number(values, "pair_rate", 0, 65536),
            number(values, "gap_rate", 0, 65536), number(values, "column_rate", 0, 65536),
            number(values, "recency_rate", 0, 65536)};
}

// (a, b, ..) finite doubles of an array of exactly `size` entries.
std::vector<double> table(const py::dict& initial, const char* name, int size) {
    const auto array = initial[name].cast<Array<double>>();
    demand(array.size() == size, name);
    for (int i = 0; i < size; ++i) demand(std::isfinite(array.data()[i]), name);
    return {array.data(), array.data() + size};
}

InitialWeights parse_initial_weights(const py::dict& initial) {
    InitialWeights result;
    const std::vector<double> counters = table(initial, "followers", 2 * kMaxOrders * kFollowerCounters);
    for (int i = 0; i < 2 * kMaxOrders; ++i)
        result.followers.emplace_back(counters.begin() + i * kFollowerCounters,
                                      counters.begin() + (i + 1) * kFollowerCounters);
    result.match = table(initial, "match", kMatchCounters);
    result.recency = table(initial, "recency", kDistances * kLikelihoods);
    constexpr int orders = kHighestOrders * kBuckets * kInputs, ranks = kRanks * kHighestOrders * kInputs;
    result.model = {table(initial, "model by order", orders), table(initial, "model by rank", ranks)};
    result.order0 = {table(initial, "order-0 by order", orders), table(initial, "order-0 by rank", ranks)};
    return result;
}

Vocabulary parse_vocabulary(const Array<std::int32_t>& widths) {
    demand(widths.ndim() == 1 && widths.size() > 0 && widths.size() <= (1 << 24), "the vocabulary's size");
    const int size = static_cast<int>(widths.size());
    Vocabulary result{size, (size + 255) / 256, {}};
    result.widths.assign(widths.data(), widths.data() + size);
    // Without such a token a row of the model would weigh nothing but what is never coded.
    demand(std::any_of(result.widths.begin(), result.widths.end(), [](int width) { return width != Vocabulary::kNeverCoded; }),
           "none of the vocabulary's tokens has bytes");
    return result;
}

const Kernel& choose(const std::string& name) {
    const Kernel* kernel = nacomp::find_kernel(compiled_kernels(), name.c_str());
    demand(kernel != nullptr, "this processor does not run that kernel");
    return *kernel;
}

class Binding {
public:
    Binding(const Array<std::int32_t>& widths, const py::dict& parameters, const py::dict& initial, int streams,
            const std::string& kernel)
        : ensemble_(parse_vocabulary(widths), parse(parameters), parse_rates(parameters), checked(streams),
                    parse_initial_weights(initial), choose(kernel)) {}

    py::array_t<bool> wants_model(const Array<std::int32_t>& streams) {
        const int rows = live(streams);
        py::array_t<bool> wants(rows);
        ensemble_.wants_model(streams.data(), rows, reinterpret_cast<std::uint8_t*>(wants.mutable_data()));
        return wants;
    }

    py::array_t<double> predict(const Array<std::int32_t>& streams, const Array<float>& logits, const Array<bool>& has) {
        const int rows = live(streams);
        demand(has.ndim() == 1 && has.size() == rows, "has_logits must have one entry per row");
        // As bytes: a bool array made from other numbers may hold more than 0 and 1.
        const auto* flags = reinterpret_cast<const std::uint8_t*>(has.data());
        const py::ssize_t given = rows - std::count(flags, flags + rows, std::uint8_t{0});
        demand(logits.ndim() == 2 && logits.shape(0) == given && logits.shape(1) == ensemble_.vocabulary().size,
               "logits must be (rows with logits, vocabulary)");
        py::array_t<double> out({rows, ensemble_.vocabulary().pages()});
        double* to = out.mutable_data();
        {
            py::gil_scoped_release release;
            ensemble_.predict(streams.data(), rows, logits.data(), flags, to);
        }
        return out;
    }

    py::array_t<double> choose_pages(const Array<std::int32_t>& pages) {
        step(pages, ensemble_.vocabulary().pages());
        py::array_t<double> out({ensemble_.rows(), static_cast<int>(kPage)});
        ensemble_.choose_pages(pages.data(), out.mutable_data());
        return out;
    }

    void update(const Array<std::int32_t>& symbols) {
        step(symbols, ensemble_.vocabulary().symbols());
        py::gil_scoped_release release;
        ensemble_.update(symbols.data());
    }

private:
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

// (symbol,) per stream whether the model will be asked: the symbol models run over the whole block.
std::vector<py::array_t<bool>> plan(const Array<std::int32_t>& widths, const py::dict& parameters, const py::dict& initial,
                                    const std::vector<Array<std::int32_t>>& symbols) {
    const nacomp::FloatRules rules;
    const Vocabulary vocabulary = parse_vocabulary(widths);
    const int streams = static_cast<int>(symbols.size());
    SymbolModels models(vocabulary, parse(parameters), streams, parse_initial_weights(initial));
    std::vector<py::array_t<bool>> wants;
    std::vector<Proposal> proposed(symbols.size());
    py::ssize_t longest = 0;
    for (const auto& stream : symbols) {
        demand(stream.ndim() == 1, "symbols must be (n,) per stream");
        for (py::ssize_t i = 0; i < stream.size(); ++i)
            demand(stream.data()[i] >= 0 && stream.data()[i] < vocabulary.symbols(), "a symbol is out of range");
        wants.emplace_back(stream.size());
        longest = std::max(longest, stream.size());
    }
    for (py::ssize_t t = 0; t < longest; ++t) {
        for (int s = 0; s < streams; ++s) {
            if (t >= symbols[s].size()) continue;
            models.propose(s, proposed[s]);
            wants[s].mutable_data()[t] = models.wants_model(proposed[s]);
        }
        for (int s = 0; s < streams; ++s)
            if (t < symbols[s].size()) models.learn(s, proposed[s], symbols[s].data()[t]);
    }
    return wants;
}

}  // namespace

PYBIND11_MODULE(_ensemble, module) {
    module.doc() = "Native core of the predictors; bit-identical to models/predictors/reference.py.";
    py::class_<Binding>(module, "Ensemble")
        .def(py::init<const Array<std::int32_t>&, const py::dict&, const py::dict&, int, const std::string&>(),
             py::arg("widths"), py::arg("parameters"), py::arg("initial_weights"), py::arg("streams"), py::arg("kernel") = "")
        .def("wants_model", &Binding::wants_model)
        .def("predict", &Binding::predict)
        .def("choose_pages", &Binding::choose_pages)
        .def("update", &Binding::update);
    module.def("plan", &plan, py::arg("widths"), py::arg("parameters"), py::arg("initial_weights"), py::arg("symbols"));
    module.def("begin_float_rules", &nacomp::FloatRules::begin);
    module.def("end_float_rules", &nacomp::FloatRules::end, py::arg("saved"));
    module.attr("NEVER_CODED") = Vocabulary::kNeverCoded;
    module.def("available_kernels", [] {
        std::vector<std::string> names;
        for (const Kernel* const* kernel = compiled_kernels(); *kernel; kernel++)
            if ((*kernel)->runs_here()) names.emplace_back((*kernel)->name);
        return names;
    });
}
