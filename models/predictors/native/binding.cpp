// The thin layer to Python: checks shapes and ranges, hands buffers over, nothing else.
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>

#include "block.h"
#include "ensemble.h"
#include "mixed.h"
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

using Streams = Array<std::int32_t>;

int checked(int streams) {
    demand(streams > 0 && streams <= 65536, "streams must be 1 to 65536");
    return streams;
}

int live(const Ensemble& ensemble, const Streams& streams) {
    demand(streams.ndim() == 1 && streams.size() <= ensemble.streams(), "streams must be (row,)");
    for (py::ssize_t i = 0; i < streams.size(); ++i)
        demand(streams.data()[i] >= (i ? streams.data()[i - 1] + 1 : 0) && streams.data()[i] < ensemble.streams(),
               "streams must ascend within 0..S-1");
    return static_cast<int>(streams.size());
}

py::array_t<bool> asked(Ensemble& ensemble, const Streams& streams) {
    const int rows = live(ensemble, streams);
    py::array_t<bool> wants(rows);
    ensemble.wants_model(streams.data(), rows, reinterpret_cast<std::uint8_t*>(wants.mutable_data()));
    return wants;
}

// As bytes: a bool array made from other numbers may hold more than 0 and 1.
const std::uint8_t* given(const Ensemble& ensemble, int rows, const Array<float>& logits, const Array<bool>& has) {
    demand(has.ndim() == 1 && has.size() == rows, "has_logits must have one entry per row");
    const auto* flags = reinterpret_cast<const std::uint8_t*>(has.data());
    const py::ssize_t with = rows - std::count(flags, flags + rows, std::uint8_t{0});
    demand(logits.ndim() == 2 && logits.shape(0) == with && logits.shape(1) == ensemble.vocabulary().size,
           "logits must be (rows with logits, vocabulary)");
    return flags;
}

class Binding {
public:
    Binding(const Array<std::int32_t>& widths, const py::dict& parameters, const py::dict& initial, int streams,
            const std::string& kernel)
        : ensemble_(parse_vocabulary(widths), parse(parameters), parse_rates(parameters), checked(streams),
                    parse_initial_weights(initial), choose(kernel)) {}

    py::array_t<bool> wants_model(const Streams& streams) { return asked(ensemble_, streams); }

    py::array_t<double> predict(const Streams& streams, const Array<float>& logits, const Array<bool>& has) {
        const int rows = live(ensemble_, streams);
        const std::uint8_t* flags = given(ensemble_, rows, logits, has);
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
    void step(const Array<std::int32_t>& values, int limit) const {
        demand(values.ndim() == 1 && values.size() == ensemble_.rows(), "one value per row of the open step");
        for (py::ssize_t i = 0; i < values.size(); ++i)
            demand(values.data()[i] >= 0 && values.data()[i] < limit, "a page or symbol is out of range");
    }

    Ensemble ensemble_;
};

using Tree = std::shared_ptr<const nacomp::mixing::TokenTree>;

Rates rates_beside_mixer(const py::dict& parameters) {
    Rates result = parse_rates(parameters);
    result.likely = MixedEnsemble::kLikely;
    return result;
}

Vocabulary fitting(Vocabulary vocabulary, const nacomp::mixing::TokenTree& tree) {
    demand(tree.ids() == vocabulary.symbols(), "the tree is another vocabulary's");
    return vocabulary;
}

void demand_place(const nacomp::mixing::TokenTree& tree, std::int32_t symbol) {
    demand(symbol >= 0 && symbol < tree.ids() && tree.place(symbol) >= 0, "a symbol is never coded");
}

// What encoder and decoder of a block's bits share.
class MixedBinding {
public:
    MixedBinding(const Array<std::int32_t>& widths, const Tree& tree, const py::dict& parameters, const py::dict& initial,
                 int streams, std::uint64_t size)
        : mixed_(fitting(parse_vocabulary(widths), *tree), tree, parse(parameters), rates_beside_mixer(parameters), checked(streams), size,
                 parse_initial_weights(initial), choose("")) {}

    py::array_t<bool> wants_model(const Streams& streams) { return asked(mixed_.ensemble(), streams); }

protected:
    MixedEnsemble mixed_;
};

class MixedEncoder : public MixedBinding {
public:
    using MixedBinding::MixedBinding;

    py::array_t<double> encode(const Streams& streams, const Array<float>& logits, const Array<bool>& has,
                               const Array<std::int32_t>& symbols) {
        const int rows = live(mixed_.ensemble(), streams);
        const std::uint8_t* flags = given(mixed_.ensemble(), rows, logits, has);
        demand(symbols.ndim() == 1 && symbols.size() == rows, "one symbol per row");
        for (int i = 0; i < rows; ++i) demand_place(mixed_.tree(), symbols.data()[i]);
        py::array_t<double> bits(rows);
        double* to = bits.mutable_data();
        {
            py::gil_scoped_release release;
            mixed_.encode(streams.data(), rows, logits.data(), flags, symbols.data(), coder_, to);
        }
        return bits;
    }

    py::array_t<std::uint32_t> finish() {
        const std::vector<std::uint32_t> words = coder_.finish();
        return py::array_t<std::uint32_t>(static_cast<py::ssize_t>(words.size()), words.data());
    }

private:
    nacomp::mixing::BitEncoder coder_;
};

class MixedDecoder : public MixedBinding {
public:
    MixedDecoder(const Array<std::int32_t>& widths, const Tree& tree, const py::dict& parameters, const py::dict& initial,
                 int streams, std::uint64_t size, const Array<std::uint32_t>& words)
        : MixedBinding(widths, tree, parameters, initial, streams, size),
          coder_(std::vector<std::uint32_t>(words.data(), words.data() + words.size())) {}

    py::array_t<std::int32_t> decode(const Streams& streams, const Array<float>& logits, const Array<bool>& has) {
        const int rows = live(mixed_.ensemble(), streams);
        const std::uint8_t* flags = given(mixed_.ensemble(), rows, logits, has);
        py::array_t<std::int32_t> symbols(rows);
        std::int32_t* to = symbols.mutable_data();
        {
            py::gil_scoped_release release;
            mixed_.decode(streams.data(), rows, logits.data(), flags, to, coder_);
        }
        return symbols;
    }

private:
    nacomp::mixing::BitDecoder coder_;
};

// What predicts and codes a block: with a tree its tokens as bits, else as pages and slots. `words` are a decoder's.
template <class Coder, class Pages, class Bits, class... Words>
std::unique_ptr<Coder> row_coder(const Array<std::int32_t>& widths, const py::dict& parameters, const py::dict& initial,
                                 const py::dict& block, const Tree& tree, Words&&... words) {
    const int streams = checked(block["streams"].cast<int>());
    const InitialWeights weights = parse_initial_weights(initial);
    Vocabulary vocabulary = parse_vocabulary(widths);
    if (!tree)
        return std::make_unique<Pages>(std::forward<Words>(words)..., std::move(vocabulary), parse(parameters),
                                       parse_rates(parameters), streams, weights, choose(""));
    return std::make_unique<Bits>(std::forward<Words>(words)..., fitting(std::move(vocabulary), *tree), tree, parse(parameters),
                                  rates_beside_mixer(parameters), streams, block["size"].cast<std::uint64_t>(), weights,
                                  choose(""));
}

// What both sides of a block without the interpreter share.
template <class Side, class Coder>
class BlockBinding {
public:
    BlockBinding(std::unique_ptr<Coder> coder, const py::dict& parameters, py::capsule door, const py::dict& block)
        : door_(std::move(door)), coder_(std::move(coder)), settings_(parse_block(parameters, block)) {}

    std::int64_t run(double milliseconds) {
        demand(milliseconds >= 0.0 && milliseconds <= 1e6, "milliseconds");
        if (running_ || failed_) throw std::runtime_error(running_ ? "the block is in use" : "an earlier step failed");
        running_ = failed_ = true;  // until it went well
        std::int64_t done = 0;
        try {
            py::gil_scoped_release release;
            done = side_->run(milliseconds);
        } catch (...) {
            running_ = false;
            throw;
        }
        running_ = failed_ = false;
        return done;
    }

protected:
    const nacomp::EngineDoor& engine() const {
        const auto* found = static_cast<const nacomp::EngineDoor*>(PyCapsule_GetPointer(door_.ptr(), nacomp::EngineDoor::kName));
        if (!found) throw py::error_already_set();
        demand(found->vocabulary == coder_->ensemble().vocabulary().size, "the engine's vocabulary is another one");
        demand(found->streams >= settings_.cut.streams, "the session has fewer streams");
        demand(settings_.most_rows <= found->max_rows, "more rows than the session accepts in one call");
        return *found;
    }

    py::capsule door_;  // keeps the session
    std::unique_ptr<Coder> coder_;
    Block::Settings settings_;
    std::unique_ptr<Side> side_;

private:
    Block::Settings parse_block(const py::dict& parameters, const py::dict& block) const {
        const Vocabulary& vocabulary = coder_->ensemble().vocabulary();
        Block::Settings result{{block["symbols"].cast<std::int64_t>(), block["streams"].cast<int>()},
                               number(block, "most_rows", 1, 65536),
                               number(block, "most_steps", 1, 1 << 24),
                               number(parameters, "skip_queue", 1, 65536),
                               number(block, "start_token", 0, vocabulary.size - 1),
                               {}};
        demand(result.cut.symbols >= result.cut.streams && result.cut.symbols <= INT64_C(1) << 40, "symbols");
        const auto tokens = block["tokens"].cast<Array<std::int32_t>>();
        demand(tokens.ndim() == 1 && tokens.size() == vocabulary.symbols(), "tokens must be (symbols,)");
        for (py::ssize_t i = 0; i < tokens.size(); ++i)
            demand(tokens.data()[i] >= 0 && tokens.data()[i] < vocabulary.size, "a token is out of range");
        result.tokens.assign(tokens.data(), tokens.data() + tokens.size());
        return result;
    }

    bool running_ = false, failed_ = false;
};

class BlockEncoding : public BlockBinding<BlockEncoder, RowEncoder> {
public:
    BlockEncoding(const Array<std::int32_t>& widths, const py::dict& parameters, const py::dict& initial, py::capsule door,
                  const py::dict& block, const Array<std::int32_t>& symbols, const Array<bool>& asked, const Tree& tree)
        : BlockBinding(row_coder<RowEncoder, PageEncoder, MixedRowEncoder>(widths, parameters, initial, block, tree), parameters,
                       std::move(door), block) {
        const py::ssize_t n = settings_.cut.symbols;
        demand(symbols.ndim() == 1 && symbols.size() == n && asked.ndim() == 1 && asked.size() == n, "one entry per symbol");
        const auto* flags = reinterpret_cast<const std::uint8_t*>(asked.data());
        for (py::ssize_t i = 0; i < n; ++i)
            if (tree)
                demand_place(*tree, symbols.data()[i]);
            else
                demand(symbols.data()[i] >= 0 && symbols.data()[i] < coder_->ensemble().vocabulary().symbols(),
                       "a symbol is out of range");
        side_ = std::make_unique<BlockEncoder>(*coder_, engine(), settings_,
                                               std::vector<std::int32_t>(symbols.data(), symbols.data() + n),
                                               std::vector<std::uint8_t>(flags, flags + n));
    }

    py::array_t<std::uint32_t> finish() {
        demand(side_->ended(), "the block has not ended");
        const std::vector<std::uint32_t> words = side_->finish();
        return py::array_t<std::uint32_t>(static_cast<py::ssize_t>(words.size()), words.data());
    }
};

class BlockDecoding : public BlockBinding<BlockDecoder, RowDecoder> {
public:
    BlockDecoding(const Array<std::int32_t>& widths, const py::dict& parameters, const py::dict& initial, py::capsule door,
                  const py::dict& block, const Array<std::uint32_t>& words, const Tree& tree)
        : BlockBinding(row_coder<RowDecoder, PageDecoder, MixedRowDecoder>(
                           widths, parameters, initial, block, tree,
                           std::vector<std::uint32_t>(words.data(), words.data() + words.size())),
                       parameters, std::move(door), block) {
        side_ = std::make_unique<BlockDecoder>(*coder_, engine(), settings_);
    }

    py::array_t<std::int32_t> symbols() {
        demand(side_->ended(), "the block has not ended");
        const std::vector<std::int32_t>& symbols = side_->symbols();
        return py::array_t<std::int32_t>(static_cast<py::ssize_t>(symbols.size()), symbols.data());
    }
};


// (symbol,) per stream whether the model will be asked: the symbol models run over the whole block.
std::vector<py::array_t<bool>> plan(const Array<std::int32_t>& widths, const py::dict& parameters, const py::dict& initial,
                                    const std::vector<Array<std::int32_t>>& symbols) {
    const nacomp::FloatRules rules;
    const Vocabulary vocabulary = parse_vocabulary(widths);
    const int streams = static_cast<int>(symbols.size());
    SymbolModels models(vocabulary, parse(parameters), streams, parse_initial_weights(initial));
    std::vector<py::array_t<bool>> wants;
    std::vector<bool*> wanted;  // (stream,)
    std::vector<Proposal> proposed(symbols.size());
    py::ssize_t longest = 0;
    for (const auto& stream : symbols) {
        demand(stream.ndim() == 1, "symbols must be (n,) per stream");
        for (py::ssize_t i = 0; i < stream.size(); ++i)
            demand(stream.data()[i] >= 0 && stream.data()[i] < vocabulary.symbols(), "a symbol is out of range");
        wants.emplace_back(stream.size());
        wanted.push_back(wants.back().mutable_data());
        longest = std::max(longest, stream.size());
    }
    {
        py::gil_scoped_release release;
        for (py::ssize_t t = 0; t < longest; ++t) {
            for (int s = 0; s < streams; ++s) {
                if (t >= symbols[s].size()) continue;
                models.propose(s, proposed[s]);
                wanted[s][t] = models.wants_model(proposed[s]);
            }
            for (int s = 0; s < streams; ++s)
                if (t < symbols[s].size()) models.learn(s, proposed[s], symbols[s].data()[t]);
        }
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
    py::class_<nacomp::mixing::TokenTree, std::shared_ptr<nacomp::mixing::TokenTree>>(module, "TokenTree")
        .def(py::init([](const std::vector<py::bytes>& pieces) {
                 return std::make_shared<nacomp::mixing::TokenTree>(std::vector<std::string>(pieces.begin(), pieces.end()));
             }),
             py::arg("pieces"));
    py::class_<MixedEncoder>(module, "MixedEncoder")
        .def(py::init<const Array<std::int32_t>&, const std::shared_ptr<nacomp::mixing::TokenTree>&, const py::dict&,
                      const py::dict&, int, std::uint64_t>(),
             py::arg("widths"), py::arg("tree"), py::arg("parameters"), py::arg("initial_weights"), py::arg("streams"),
             py::arg("size"))
        .def("wants_model", &MixedEncoder::wants_model)
        .def("encode", &MixedEncoder::encode)
        .def("finish", &MixedEncoder::finish);
    py::class_<MixedDecoder>(module, "MixedDecoder")
        .def(py::init<const Array<std::int32_t>&, const std::shared_ptr<nacomp::mixing::TokenTree>&, const py::dict&,
                      const py::dict&, int, std::uint64_t, const Array<std::uint32_t>&>(),
             py::arg("widths"), py::arg("tree"), py::arg("parameters"), py::arg("initial_weights"), py::arg("streams"),
             py::arg("size"), py::arg("words"))
        .def("wants_model", &MixedDecoder::wants_model)
        .def("decode", &MixedDecoder::decode);
    py::class_<BlockEncoding>(module, "BlockEncoder")
        .def(py::init<const Array<std::int32_t>&, const py::dict&, const py::dict&, py::capsule, const py::dict&,
                      const Array<std::int32_t>&, const Array<bool>&, const std::shared_ptr<nacomp::mixing::TokenTree>&>(),
             py::arg("widths"), py::arg("parameters"), py::arg("initial_weights"), py::arg("door"), py::arg("block"),
             py::arg("symbols"), py::arg("asked"), py::arg("tree") = nullptr)
        .def("run", &BlockEncoding::run, py::arg("milliseconds"))
        .def("finish", &BlockEncoding::finish);
    py::class_<BlockDecoding>(module, "BlockDecoder")
        .def(py::init<const Array<std::int32_t>&, const py::dict&, const py::dict&, py::capsule, const py::dict&,
                      const Array<std::uint32_t>&, const std::shared_ptr<nacomp::mixing::TokenTree>&>(),
             py::arg("widths"), py::arg("parameters"), py::arg("initial_weights"), py::arg("door"), py::arg("block"),
             py::arg("words"), py::arg("tree") = nullptr)
        .def("run", &BlockDecoding::run, py::arg("milliseconds"))
        .def("symbols", &BlockDecoding::symbols);
    module.def("mixing_bytes", &nacomp::mixing::TokenBits::memory, py::arg("size"));
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
