// One forward pass over a batch of rows (NUMERICS 6): the steps of each layer, each shared out over the threads.
//
// Row steps (norms, rotary, quantising) are split by rows, matrix products by output columns, attention by (row,
// key/value head). Alternatives that lost are listed in the benchmark's docstring.
#include "session.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>

#include "native/float_rules.h"
#include "native/prefetch.h"
#include "rotary.h"
#include "workspace.h"

namespace nacomp::exact {

// The state of one call. Steps are plain functions over task numbers; `parallel` hands them to the threads, if it has any.
class Forward {
public:
    Forward(Session& session, int lane, Pool* pool, const int32_t* streams, const int32_t* tokens, int rows)
        : s_(session), m_(*session.model_), k_(m_.kernel), shape_(m_.shape), w_(*session.work_[lane]), pool_(pool),
          streams_(streams), tokens_(tokens), rows_(rows) {
        place_rows();
    }

    FeedResult run(const uint8_t* want, float* logits) {
        parallel(rows_, [this](int row, int) {
            m_.embed(tokens_[row], x(row));
            turn(row, position_[row]);
        });
        turn(s_.max_rows_, s_.window_ - 1);
        for (int layer = 0; layer < shape_.layers; layer++) {
            attention_part(layer);
            feed_forward_part(layer);
            if (bad_.load(std::memory_order_relaxed)) return FeedResult::not_finite;
        }
        predict(want, logits);
        return bad_.load() ? FeedResult::not_finite : FeedResult::done;
    }

private:
    // One row and key/value head for attention; `cold` if it is the first to read them in this call.
    struct Item {
        int row, kv_head;
        bool cold;
    };

    template <class Body>
    void parallel(int tasks, const Body& body) {
        auto call = [](void* context, int task, int thread) { (*static_cast<const Body*>(context))(task, thread); };
        void* context = const_cast<void*>(static_cast<const void*>(&body));
        if (pool_)
            pool_->run(tasks, call, context);
        else
            for (int i = 0; i < tasks; i++) body(i, 0);
    }

    int threads() const { return pool_ ? pool_->threads() : 1; }
    void check(bool good) {
        if (!good) bad_.store(true, std::memory_order_relaxed);
    }
    float* x(int row) { return w_.x.data() + row * padded(shape_.width); }
    float* angles(int row, bool local) {
        return w_.angles.data() + (static_cast<size_t>(row) * 2 + local) * 2 * shape_.head_size;
    }

    // The tables of one row's position, for local layers too where there are any.
    void turn(int row, int64_t position) {
        for (int local = 0; local <= m_.has_local(); local++) {
            const std::vector<uint64_t>& steps = local ? m_.local_rotary_steps : m_.rotary_steps;
            float* table = angles(row, local != 0);
            rotary_tables(steps.data(), shape_.rotary_pairs, shape_.head_size, position, table, table + shape_.head_size);
        }
    }

    // Positions of the rows, and the order in which attention visits them: by stream and key/value head, so that
    // rows of one stream find its keys and values in the processor's cache.
    void place_rows() {
        position_.resize(rows_);
        order_.resize(rows_);
        for (int row = 0; row < rows_; row++) {
            position_[row] = s_.caches_[streams_[row]].length++;
            order_[row] = row;
        }
        std::stable_sort(order_.begin(), order_.end(), [this](int a, int b) { return streams_[a] < streams_[b]; });
        for (int first = 0, last = 0; first < rows_; first = last) {
            while (last < rows_ && streams_[order_[last]] == streams_[order_[first]]) last++;
            for (int g = 0; g < shape_.kv_heads; g++)
                for (int i = first; i < last; i++) items_.push_back({order_[i], g, i == first});
        }
    }

    void product(const Matrix& matrix, QuantRows a, int rows, float* y, size_t stride, bool add) {
        PackedMatrix w = matrix.view();
        int blocks = (w.columns + kBlock - 1) / kBlock;
        // About four tasks a thread even out unequal cores; one task must be worth handing over (1-2 us): 32 KiB of
        // weights, fewer for many rows.
        int64_t work = static_cast<int64_t>(blocks) * kBlock * w.k * (rows + 8) / 8;
        int tasks = static_cast<int>(std::min<int64_t>(4 * threads(), 1 + work / 32768));
        tasks = threads() == 1 ? 1 : std::min(tasks, blocks);
        parallel(tasks, [&](int task, int) {
            int begin = static_cast<int>(static_cast<int64_t>(blocks) * task / tasks);
            int end = static_cast<int>(static_cast<int64_t>(blocks) * (task + 1) / tasks);
            k_.product({a, rows, w, begin, end, y, stride, add});
        });
    }

    // Rows of activations in one plane or two.
    struct Planes {
        QuantRows first, rest;
    };
    Planes narrow() { return {w_.narrow_rows.view(), w_.narrow_rest.view()}; }
    Planes hidden() { return {w_.hidden_rows.view(), w_.hidden_rest.view()}; }

    // As above, of both planes.
    void product(const Matrix& matrix, Planes a, int rows, float* y, size_t stride) {
        product(matrix, a.first, rows, y, stride, false);
        if (shape_.planes) product(matrix, a.rest, rows, y, stride, true);
    }

    void norm_row(float* x, const std::vector<float>& weight, float* scratch, Planes out, int row) {
        check(k_.norm_quantise(x, weight.data(), shape_.width, shape_.eps, scratch, out.first, row));
        if (shape_.planes) check(k_.quantise_rest(scratch, shape_.width, out.first, out.rest, row));
    }

    // y is no longer needed.
    void quantise(float* y, int n, Planes out, int row) {
        check(k_.quantise(y, n, out.first, row));
        if (shape_.planes) check(k_.quantise_rest(y, n, out.first, out.rest, row));
    }

    // `number` of the norm, in the order of the forward pass.
    void norm(const std::vector<float>& weight, int number) {
        if (s_.largest_) watch(weight, number, rows_);
        parallel(rows_, [&](int row, int thread) {
            norm_row(x(row), weight, w_.scratch[thread].row.data(), narrow(), row);
        });
    }

    // Once in a model's life, so rows are normed twice rather than shared out.
    void watch(const std::vector<float>& weight, int number, int rows) {
        float* largest = s_.largest_ + static_cast<size_t>(number) * shape_.width;
        float* y = w_.scratch[0].row.data();
        for (int row = 0; row < rows; row++) {
            k_.norm(x(row), weight.data(), shape_.width, shape_.eps, y);
            for (int i = 0; i < shape_.width; i++) largest[i] = std::max(largest[i], std::fabs(y[i]));
        }
    }

    void attention_part(int layer) {
        const Layer& l = m_.layers[layer];
        size_t stride = padded(shape_.heads_wide());
        norm(l.attention_norm, 2 * layer);
        product(l.qkv, narrow(), rows_, w_.wide.data(), stride);
        parallel(rows_, [&](int row, int thread) {
            float* qkv = w_.wide.data() + row * stride;
            fetch_places(layer, row);
            finish_heads(l, qkv);
            rotate_queries(l.local, row, qkv, w_.scratch[thread].row.data());
            append(layer, row, qkv + shape_.queries(), w_.scratch[thread].row.data());
        });
        attend(layer);
        parallel(rows_, [&](int row, int) {
            quantise(w_.mixed.data() + row * padded(shape_.queries()), shape_.queries(), narrow(), row);
        });
        product_to_stream(l.attn_output, narrow(), l.post_attention_norm);
    }

    // Biases and the norms of heads, where the model has them.
    void finish_heads(const Layer& l, float* qkv) {
        int d = shape_.head_size;
        if (!l.bias.empty()) k_.add(l.bias.data(), shape_.heads_wide(), qkv);
        for (int head = 0; head < shape_.heads + shape_.kv_heads; head++) {
            const std::vector<float>& weight = head < shape_.heads ? l.query_norm : l.key_norm;
            if (!weight.empty()) k_.norm(qkv + head * d, weight.data(), d, shape_.eps, qkv + head * d);
        }
    }

    // x = x + product, through a norm where the model has one there.
    void product_to_stream(const Matrix& matrix, Planes a, const std::vector<float>& post_norm) {
        size_t stride = padded(shape_.width);
        if (post_norm.empty() && !shape_.planes) return product(matrix, a.first, rows_, w_.x.data(), stride, true);
        product(matrix, a, rows_, w_.wide.data(), stride);
        parallel(rows_, [&](int row, int) {
            float* y = w_.wide.data() + row * stride;
            if (!post_norm.empty()) k_.norm(y, post_norm.data(), shape_.width, shape_.eps, y);
            k_.add(y, shape_.width, x(row));
        });
    }

    void rotate_queries(bool local, int row, const float* q, float* rotated) {
        int d = shape_.head_size;
        bool past_window = position_[row] >= s_.window_;
        float factor = shape_.score_factor();
        for (int sink = 0; sink <= (past_window ? 1 : 0); sink++) {
            QuantRows out = (sink ? w_.sink_queries : w_.queries).view();
            const float* table = angles(sink ? s_.max_rows_ : row, local);
            for (int head = 0; head < shape_.heads; head++) {
                int at = row * shape_.heads + head;
                k_.rope(q + head * d, table, table + d, d, rotated);
                check(k_.quantise(rotated, d, out, at));
                out.scale[at] = out.scale[at] * factor;
            }
        }
    }

    // Where a row's key and value of one head go: every 64th byte group of a panel, every fourth byte of a group.
    uint8_t* key_place(int layer, int g, Cache& cache, int slot) const {
        return cache.keys(layer, g) + static_cast<size_t>(slot / kSlots) * kSlots * shape_.head_size + slot % kSlots * 4;
    }
    uint8_t* value_place(int layer, int g, Cache& cache, int slot) const {
        return cache.values(layer, g) + static_cast<size_t>(slot / 4) * 4 * shape_.head_size + slot % 4;
    }

    // Asks early for the lines that append will write to. Without it the stores wait for one line after the other.
    void fetch_places(int layer, int row) {
        Cache& cache = s_.caches_[streams_[row]];
        int slot = cache.slot_of(position_[row]), d = shape_.head_size;
        for (int g = 0; g < shape_.kv_heads; g++) {
            const uint8_t *key = key_place(layer, g, cache, slot), *value = value_place(layer, g, cache, slot);
            for (int i = 0; i < d; i += 4) prefetch_for_write(key + i * kSlots);
            for (int i = 0; i < d; i += 16) prefetch_for_write(value + i * 4);
            prefetch_for_write(cache.key_scale(layer, g) + slot);
            prefetch_for_write(cache.value_scale(layer, g) + slot);
        }
    }

    // Keys and values of a row: quantised per head and put into their panels.
    void append(int layer, int row, const float* kv, float* rotated) {
        int d = shape_.head_size;
        int8_t q[256];
        Cache& cache = s_.caches_[streams_[row]];
        int slot = cache.slot_of(position_[row]);
        const float* table = angles(row, m_.layers[layer].local);
        for (int g = 0; g < shape_.kv_heads; g++) {
            k_.rope(kv + g * d, table, table + d, d, rotated);
            check(k_.quantise_head(rotated, d, q, cache.key_scale(layer, g) + slot));
            uint8_t* key = key_place(layer, g, cache, slot);
            for (int i = 0; i < d; i += 4)
                for (int j = 0; j < 4; j++) key[i * kSlots + j] = static_cast<uint8_t>(q[i + j]) ^ k_.matrix_flip;
            check(k_.quantise_head(kv + shape_.keys() + g * d, d, q, cache.value_scale(layer, g) + slot));
            uint8_t* value = value_place(layer, g, cache, slot);
            for (int i = 0; i < d; i++) value[i * 4] = static_cast<uint8_t>(q[i]);
        }
    }

    void attend(int layer) {
        parallel(static_cast<int>(items_.size()),
                 [&](int i, int thread) { attend_row(layer, items_[i], w_.scratch[thread]); });
    }

    void attend_row(int layer, const Item& item, Scratch& scratch) {
        int r = shape_.heads / shape_.kv_heads, d = shape_.head_size, row = item.row, g = item.kv_head;
        Cache& cache = s_.caches_[streams_[row]];
        size_t at = static_cast<size_t>(row) * shape_.heads + g * r;
        AttendTask t;
        t.keys = cache.keys(layer, g);
        t.values = cache.values(layer, g);
        t.key_scale = cache.key_scale(layer, g);
        t.value_scale = cache.value_scale(layer, g);
        for (int sink = 0; sink < 2; sink++) {
            QuantRows q = (sink ? w_.sink_queries : w_.queries).view();
            t.query[sink] = q.values + at * d * k_.a_bytes;
            t.query_scale[sink] = q.scale + at;
            t.query_bias[sink] = q.bias + at;
        }
        t.heads = r;
        t.d = d;
        t.range_count = m_.layers[layer].local && shape_.span > 0
                            ? cache.near_ranges(position_[row], shape_.span, t.ranges)
                            : cache.ranges(position_[row], t.ranges);
        t.cold = item.cold && s_.fetches_;
        t.slots = cache.slots();
        t.scores = scratch.scores.data();
        t.weights = scratch.weights.data();
        t.groups = scratch.groups.data();
        t.out = w_.mixed.data() + row * padded(shape_.queries()) + static_cast<size_t>(g) * r * d;
        check(k_.attend(t));
    }

    void feed_forward_part(int layer) {
        const Layer& l = m_.layers[layer];
        size_t stride = padded(2 * shape_.hidden);
        norm(l.feed_forward_norm, 2 * layer + 1);
        product(l.gate_up, narrow(), rows_, w_.wide.data(), stride);
        parallel(rows_, [&](int row, int) {
            float* gate = w_.wide.data() + row * stride;
            (shape_.gelu ? k_.gelu_multiply : k_.silu_multiply)(gate, gate + shape_.hidden, shape_.hidden, gate);
            quantise(gate, shape_.hidden, hidden(), row);
        });
        product_to_stream(l.down, hidden(), l.post_feed_forward_norm);
    }

    void predict(const uint8_t* want, float* logits) {
        int wanted = 0;
        QuantRows out = w_.narrow_rows.view();
        if (s_.largest_) watch(m_.output_norm, 2 * shape_.layers, rows_);
        for (int row = 0; row < rows_; row++)
            if (want[row]) order_[wanted++] = row;
        parallel(wanted, [&](int i, int thread) {
            float* scratch = w_.scratch[thread].row.data();
            check(k_.norm_quantise(x(order_[i]), m_.output_norm.data(), shape_.width, shape_.eps, scratch, out, i));
        });
        if (!wanted || bad_.load()) return;
        product(m_.output, out, wanted, logits, shape_.vocabulary, false);
        for (int i = 0; i < wanted; i++) check_logits(logits + static_cast<size_t>(i) * shape_.vocabulary, out.scale[i]);
    }

    // A logit may overflow although nothing before it did. The bound holds for every sane model, so no row is scanned.
    void check_logits(const float* row, float scale) {
        float bound = static_cast<float>(shape_.width) * 16129.0f * scale * m_.output.largest_scale();
        if (bound < 1e38f) return;
        for (int i = 0; i < shape_.vocabulary; i++) check(std::isfinite(row[i]));
    }

    Session& s_;
    const Model& m_;
    const Kernel& k_;
    const Shape& shape_;
    Session::Workspace& w_;
    Pool* pool_;  // null: this thread alone
    const int32_t* streams_;
    const int32_t* tokens_;
    int rows_;
    std::vector<int64_t> position_;  // (row)
    std::vector<int> order_;         // (row)
    std::vector<Item> items_;        // (row, key/value head) in order of visit
    std::atomic<bool> bad_{false};
};

Session::Session(std::shared_ptr<const Model> model, int streams, int window, int sinks, int max_rows)
    : model_(std::move(model)), max_rows_(max_rows), window_(window) {
    Cache cache(model_->shape, window, sinks, max_rows);
    size_t places = cache.places(), d = model_->shape.head_size;
    keys_ = Buffer<uint8_t>(streams * places * d);
    values_ = Buffer<uint8_t>(streams * places * d);
    key_scales_ = Buffer<float>(streams * places);
    value_scales_ = Buffer<float>(streams * places);
    for (int i = 0; i < streams; i++) {
        size_t at = i * places;
        cache.attach(keys_.data() + at * d, values_.data() + at * d, key_scales_.data() + at, value_scales_.data() + at);
        caches_.push_back(cache);
    }
    fetches_ = keys_.bytes() + values_.bytes() >= model_->kernel.fetch_from;
    prepare_lanes(1);
}

void Session::prepare_lanes(int lanes) {
    while (static_cast<int>(work_.size()) < lanes)
        work_.push_back(std::make_unique<Workspace>(*model_, max_rows_, caches_.front().slots()));
}

Session::~Session() = default;

FeedResult Session::feed(const int32_t* streams, const int32_t* tokens, const uint8_t* want, int rows, float* logits) {
    std::unique_lock<std::mutex> lock(model_->pool.owner, std::try_to_lock);
    return feed_lane(0, lock.owns_lock(), streams, tokens, want, rows, logits);
}

FeedResult Session::feed_lane(int lane, bool shared, const int32_t* streams, const int32_t* tokens, const uint8_t* want, int rows,
                              float* logits) {
    FloatRules rules;
    return Forward(*this, lane, shared ? &model_->pool : nullptr, streams, tokens, rows).run(want, logits);
}

size_t Session::bytes() const {
    size_t total = keys_.bytes() + values_.bytes() + key_scales_.bytes() + value_scales_.bytes();
    for (const auto& work : work_) total += work->bytes();
    return total;
}

}  // namespace nacomp::exact
