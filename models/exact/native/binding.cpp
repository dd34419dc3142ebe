// The thin layer between Python and session.h: checks shapes, releases the GIL, turns results into exceptions.
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>

#include "kernels.h"
#include "native/dispatch.h"
#include "native/engine_door.h"
#include "native/float_rules.h"
#include "session.h"
#include "weights.h"

namespace py = pybind11;
using namespace nacomp::exact;

namespace {

template <class T>
using Array = py::array_t<T, py::array::c_style>;

struct Name {
    const char* name;
    MatrixId id;
};
constexpr Name kMatrices[] = {{"attn_q", MatrixId::query},         {"attn_k", MatrixId::key},
                              {"attn_v", MatrixId::value},         {"attn_output", MatrixId::attn_output},
                              {"ffn_gate", MatrixId::gate},        {"ffn_up", MatrixId::up},
                              {"ffn_down", MatrixId::down},        {"output", MatrixId::output}};

struct NormName {
    const char* name;
    NormId id;
};
constexpr NormName kNorms[] = {{"attn_norm", NormId::attention},
                               {"ffn_norm", NormId::feed_forward},
                               {"output_norm", NormId::output},
                               {"attn_q_norm", NormId::query},
                               {"attn_k_norm", NormId::key},
                               {"post_attention_norm", NormId::post_attention},
                               {"post_ffw_norm", NormId::post_feed_forward}};

void require(bool good, const std::string& message) {
    if (!good) throw py::value_error(message);
}

std::vector<std::string> names(bool only_running) {
    std::vector<std::string> out;
    for (const Kernel* const* k = compiled_kernels(); *k; k++)
        if (!only_running || (*k)->runs_here()) out.emplace_back((*k)->name);
    return out;
}

std::shared_ptr<Model> make_model(int width, int heads, int kv_heads, int head_size, int hidden, int layers,
                                  int vocabulary, float epsilon, const Array<uint64_t>& rope_steps,
                                  const std::string& kernel, int threads, bool planes, bool gelu, float embedding_scale,
                                  float score_scale, int span) {
    Shape shape{width, heads, kv_heads, head_size, hidden, layers, vocabulary, static_cast<int>(rope_steps.size()), epsilon,
                planes, gelu, embedding_scale, score_scale, span};
    require(std::isfinite(embedding_scale) && std::isfinite(score_scale), "scales must be finite");
    if (const char* problem = shape.problem()) throw py::value_error(problem);
    require(threads >= 1 && threads <= 256, "threads must be from 1 to 256");
    const Kernel* found = nacomp::find_kernel(compiled_kernels(), kernel.c_str());
    require(found != nullptr, "kernel " + kernel + " cannot run here");
    return std::make_shared<Model>(shape, rope_steps.data(), *found, threads);
}

// What `quantise` gives. The bound on logits that spares a scan of them is a bound for such scales only.
void require_scales(const Array<float>& scales) {
    bool good = true;
    for (py::ssize_t i = 0; i < scales.size(); i++) good &= std::isfinite(scales.data()[i]) && scales.data()[i] >= 0.0f;
    require(good, "scales must be finite and not negative");
}

void set_matrix(Model& model, const std::string& name, int layer, const Array<int8_t>& rows, const Array<float>& scales) {
    for (const Name& matrix : kMatrices) {
        if (name != matrix.name) continue;
        require(layer >= 0 && layer < model.shape.layers, "no such layer");
        require(rows.ndim() == 2 && rows.shape(0) == model.matrix_rows(matrix.id) &&
                    rows.shape(1) == model.matrix_columns(matrix.id) && scales.size() == rows.shape(0),
                "matrix " + name + " has the wrong shape");
        require_scales(scales);
        py::gil_scoped_release release;
        model.set_matrix(matrix.id, layer, rows.data(), scales.data());
        return;
    }
    throw py::value_error("no matrix is called " + name);
}

void set_norm(Model& model, const std::string& name, int layer, const Array<float>& w) {
    require(layer >= 0 && layer < model.shape.layers, "no such layer");
    for (const NormName& norm : kNorms) {
        if (name != norm.name) continue;
        require(w.size() == model.norm_size(norm.id), "norm " + name + " has the wrong size");
        return model.set_norm(norm.id, layer, w.data());
    }
    throw py::value_error("no norm is called " + name);
}

void set_bias(Model& model, int layer, const Array<float>& b) {
    require(layer >= 0 && layer < model.shape.layers, "no such layer");
    require(b.size() == model.shape.heads_wide(), "the bias has the wrong size");
    model.set_bias(layer, b.data());
}

void set_local(Model& model, const Array<bool>& layers, const Array<uint64_t>& steps) {
    require(layers.size() == model.shape.layers, "local must have one entry per layer");
    require(steps.size() == model.shape.rotary_pairs, "the local steps must be as many as the others");
    model.set_local(reinterpret_cast<const uint8_t*>(layers.data()), steps.data());
}

void set_embedding(Model& model, const Array<int8_t>& rows, const Array<float>& scales) {
    require(rows.ndim() == 2 && rows.shape(0) == model.shape.vocabulary && rows.shape(1) == model.shape.width &&
                scales.size() == rows.shape(0),
            "the embedding has the wrong shape");
    require_scales(scales);
    model.set_embedding(rows.data(), scales.data());
}

// Rows (row, input) as `Matrix` keeps them: int8 and a scale each, in `rows` and `scales`.
void quantise_rows(const std::string& kernel, const Array<float>& values, Array<int8_t>& rows, Array<float>& scales) {
    const Kernel* found = nacomp::find_kernel(compiled_kernels(), kernel.c_str());
    require(found != nullptr, "kernel " + kernel + " cannot run here");
    require(values.ndim() == 2 && values.shape(1) >= 16 && values.shape(1) <= 65536 && values.shape(1) % 16 == 0,
            "rows must be multiples of 16 up to 65536 wide");
    require(rows.ndim() == 2 && rows.shape(0) == values.shape(0) && rows.shape(1) == values.shape(1) && rows.writeable() &&
                scales.size() == values.shape(0) && scales.writeable(),
            "rows and scales must have a place for each value");
    const auto count = static_cast<size_t>(values.shape(0)), width = static_cast<size_t>(values.shape(1));
    int8_t* q = rows.mutable_data();
    float* scale = scales.mutable_data();
    bool good = true;
    {
        py::gil_scoped_release release;
        nacomp::FloatRules rules;
        for (size_t i = 0; i < count; i++)
            good &= found->quantise_head(values.data() + i * width, static_cast<int>(width), q + i * width, scale + i);
    }
    if (!good) throw std::overflow_error("a row to be quantised is not finite");
}

// A session with one owner at a time: a second thread that enters gets an error instead of a broken cache.
class OwnedSession : public std::enable_shared_from_this<OwnedSession> {
public:
    OwnedSession(std::shared_ptr<Model> model, int streams, int window, int sinks, int max_rows)
        : vocabulary_(model->shape.vocabulary) {
        require(streams >= 1 && streams <= 65536, "streams must be from 1 to 65536");
        require(window >= 1 && window <= 4096 && sinks >= 0 && sinks < window, "0 <= sinks < window <= 4096");
        require(max_rows >= 1 && max_rows <= 4096, "max_rows must be from 1 to 4096");
        session_ = std::make_unique<Session>(model, streams, window, sinks, max_rows);
    }

    int feed(const Array<int32_t>& streams, const Array<int32_t>& tokens, const Array<bool>& want, Array<float>& logits) {
        int rows = static_cast<int>(streams.size());
        require(tokens.size() == rows && want.size() == rows, "streams, tokens and want must have one entry per row");
        require(rows <= session_->max_rows(), "more rows than the session accepts in one call");
        // As bytes: a bool array made from other numbers may hold more than 0 and 1.
        const auto* flags = reinterpret_cast<const uint8_t*>(want.data());
        int wanted = 0;
        for (int i = 0; i < rows; i++) {
            require(streams.data()[i] >= 0 && streams.data()[i] < session_->streams(), "a row names no stream of the session");
            require(tokens.data()[i] >= 0 && tokens.data()[i] < vocabulary_, "a row names no token of the model");
            wanted += flags[i] != 0;
        }
        require(logits.ndim() == 2 && logits.shape(0) >= wanted && logits.shape(1) == vocabulary_ && logits.writeable(),
                "logits must be a writeable (wanted row, vocabulary) array");
        run(streams.data(), tokens.data(), flags, rows, logits.mutable_data());
        return wanted;
    }

    // (2 * layers + 1, width) how large each channel gets behind every norm while one stream is fed these.
    py::array_t<float> largest_behind_norms(const Array<int32_t>& tokens) {
        const auto rows = static_cast<size_t>(tokens.size());
        Array<int32_t> streams(tokens.size());
        Array<bool> want(tokens.size());
        std::fill_n(streams.mutable_data(), rows, 0);
        std::fill_n(want.mutable_data(), rows, true);
        Array<float> logits({tokens.size(), static_cast<py::ssize_t>(vocabulary_)});
        const Shape& shape = model().shape;
        py::array_t<float> largest({2 * shape.layers + 1, shape.width});
        std::fill_n(largest.mutable_data(), largest.size(), 0.0f);
        session_->watch_norms(largest.mutable_data());
        feed(streams, tokens, want, logits);
        session_->watch_norms(nullptr);
        return largest;
    }

    size_t bytes() const { return session_->bytes(); }

    // A table that keeps the session.
    py::capsule door(int lanes) {
        require(lanes >= 1 && lanes <= 256, "lanes must be from 1 to 256");
        std::unique_lock<std::mutex> lock(mutex_, std::try_to_lock);
        if (!lock.owns_lock()) throw std::runtime_error("the session is in use by another thread");
        lanes_ = std::min(lanes, session_->streams());
        session_->prepare_lanes(lanes_);
        auto table = std::make_unique<KeptDoor>();
        static_cast<nacomp::EngineDoor&>(*table) = {this, session_->streams(), vocabulary_, session_->max_rows(), lanes_,
                                                    &enter, &leave, &threads, &feed_lane, &share_out};
        table->kept = shared_from_this();
        py::capsule capsule(static_cast<nacomp::EngineDoor*>(table.get()), nacomp::EngineDoor::kName, [](PyObject* object) {
            delete static_cast<KeptDoor*>(static_cast<nacomp::EngineDoor*>(PyCapsule_GetPointer(object, nacomp::EngineDoor::kName)));
        });
        table.release();
        return capsule;
    }

private:
    struct KeptDoor : nacomp::EngineDoor {
        std::shared_ptr<OwnedSession> kept;
    };

    static OwnedSession& self(void* session) { return *static_cast<OwnedSession*>(session); }
    const Model& model() const { return session_->model(); }

    static int enter(void* session) {
        OwnedSession& s = self(session);
        if (!s.mutex_.try_lock()) return 0;
        if (s.broken_) {
            s.mutex_.unlock();
            return 0;
        }
        s.model().users.fetch_add(1);
        s.take_pool();
        return threads(session);
    }

    int threads_for_each() const { return std::max(1, model().pool.threads() / std::max(1, model().users.load())); }

    // The model's threads for the one that codes, or for the first of a large model's; a part of others for each of several.
    void take_pool() {
        const int each = threads_for_each();
        if (lanes_ == 1 || each == model().pool.threads())
            pool_ = model().pool.owner.try_lock() ? &model().pool : nullptr;
        else
            pool_ = each > 1 ? model().others.take(each) : nullptr;
    }

    void give_pool_back() {
        if (pool_ == &model().pool)
            model().pool.owner.unlock();
        else if (pool_)
            model().others.give_back(pool_);
        pool_ = nullptr;
    }

    static void leave(void* session) {
        OwnedSession& s = self(session);
        s.give_pool_back();
        s.model().users.fetch_sub(1);
        s.mutex_.unlock();
    }

    static int threads(void* session) {
        const OwnedSession& s = self(session);
        if (!s.pool_ || s.pool_->alone()) return 1;
        return std::min(s.pool_->threads(), s.threads_for_each());
    }

    static bool feed_lane(void* session, int lane, const int32_t* streams, const int32_t* tokens, const uint8_t* want, int rows,
                          float* logits) {
        OwnedSession& s = self(session);
        const bool shared = s.lanes_ == 1 && s.pool_;
        const FeedResult result = s.session_->feed_lane(lane, shared, streams, tokens, want, rows, logits);
        if (result != FeedResult::done) s.broken_ = true;
        return result == FeedResult::done;
    }

    static void share_out(void* session, int count, Pool::Task task, void* context) {
        const OwnedSession& s = self(session);
        if (s.pool_)
            s.pool_->run(count, task, context);
        else
            for (int i = 0; i < count; i++) task(context, i, 0);
    }

    void run(const int32_t* streams, const int32_t* tokens, const uint8_t* want, int rows, float* logits) {
        std::unique_lock<std::mutex> lock(mutex_, std::try_to_lock);
        if (!lock.owns_lock()) throw std::runtime_error("the session is in use by another thread");
        if (broken_) throw std::overflow_error("an earlier row of this session was not finite");
        FeedResult result = FeedResult::done;
        {
            py::gil_scoped_release release;
            if (rows > 0) result = session_->feed(streams, tokens, want, rows, logits);
        }
        broken_ = result != FeedResult::done;
        if (broken_) throw std::overflow_error("a row is not finite");
    }

    int vocabulary_;
    std::atomic<bool> broken_{false};
    Pool* pool_ = nullptr;  // the threads that the holder of mutex_ holds too
    int lanes_ = 1;
    std::mutex mutex_;
    std::unique_ptr<Session> session_;
};

}  // namespace

PYBIND11_MODULE(_kernels, m) {
    m.doc() = "Native core of the exact engine; see models/exact/native/session.h.";
    m.def("compiled_kernels", [] { return names(false); });
    m.def("available_kernels", [] { return names(true); });
    m.def("quantise_rows", &quantise_rows, py::arg("kernel"), py::arg("values").noconvert(), py::arg("rows").noconvert(),
          py::arg("scales").noconvert());
    py::class_<Model, std::shared_ptr<Model>>(m, "Model")
        .def(py::init(&make_model), py::kw_only(), py::arg("width"), py::arg("heads"), py::arg("kv_heads"),
             py::arg("head_size"), py::arg("hidden"), py::arg("layers"), py::arg("vocabulary"), py::arg("epsilon"),
             py::arg("rope_steps").noconvert(), py::arg("kernel"), py::arg("threads"), py::arg("planes") = false, py::arg("gelu") = false,
             py::arg("embedding_scale") = 1.0f, py::arg("score_scale") = 0.0f, py::arg("span") = 0)
        .def("set_matrix", &set_matrix, py::arg("name"), py::arg("layer"), py::arg("rows").noconvert(),
             py::arg("scales").noconvert())
        .def("set_norm", &set_norm, py::arg("name"), py::arg("layer"), py::arg("weights").noconvert())
        .def("set_bias", &set_bias, py::arg("layer"), py::arg("biases").noconvert())
        .def("set_local", &set_local, py::arg("layers").noconvert(), py::arg("rope_steps").noconvert())
        .def("set_embedding", &set_embedding, py::arg("rows").noconvert(), py::arg("scales").noconvert())
        .def_property_readonly("kernel", [](const Model& model) { return model.kernel.name; })
        .def_property_readonly("threads", [](const Model& model) { return model.pool.threads(); })
        .def_property_readonly("bytes", &Model::bytes);
    py::class_<OwnedSession, std::shared_ptr<OwnedSession>>(m, "Session")
        .def(py::init<std::shared_ptr<Model>, int, int, int, int>(), py::arg("model"), py::kw_only(), py::arg("streams"),
             py::arg("window"), py::arg("sinks"), py::arg("max_rows"))
        .def("feed", &OwnedSession::feed, py::arg("streams").noconvert(), py::arg("tokens").noconvert(),
             py::arg("want").noconvert(), py::arg("logits").noconvert())
        .def("largest_behind_norms", &OwnedSession::largest_behind_norms, py::arg("tokens").noconvert())
        .def("door", &OwnedSession::door, py::arg("lanes"))
        .def_property_readonly("bytes", &OwnedSession::bytes);
}
