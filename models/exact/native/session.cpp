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

// The state of one call. Steps are plain functions over task numbers; `parallel` hands them to the threads.
class Forward {
public:
    Forward(Session& session, const int32_t* streams, const int32_t* tokens, int rows)
        : s_(session), m_(*session.model_), k_(m_.kernel), shape_(m_.shape), w_(*session.work_), streams_(streams),
          tokens_(tokens), rows_(rows), lock_(m_.pool.owner, std::try_to_lock) {
        place_rows();
    }

    FeedResult run(const uint8_t* want, float* logits) {
        parallel(rows_, [this](int row, int) {
            m_.embed(tokens_[row], x(row));
            rotary_tables(m_.rotary_steps.data(), shape_.rotary_pairs, shape_.head_size, position_[row], angles(row),
                          angles(row) + shape_.head_size);
        });
        rotary_tables(m_.rotary_steps.data(), shape_.rotary_pairs, shape_.head_size, s_.window_ - 1, angles(s_.max_rows_),
                      angles(s_.max_rows_) + shape_.head_size);
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
        if (lock_.owns_lock())
            m_.pool.run(tasks, call, context);
        else
            for (int i = 0; i < tasks; i++) body(i, 0);
    }

    int threads() const { return lock_.owns_lock() ? m_.pool.threads() : 1; }
    void check(bool good) {
        if (!good) bad_.store(true, std::memory_order_relaxed);
    }
    float* x(int row) { return w_.x.data() + row * padded(shape_.width); }
    float* angles(int row) { return w_.angles.data() + static_cast<size_t>(row) * 2 * shape_.head_size; }

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

    void norm(const std::vector<float>& weight) {
        QuantRows out = w_.narrow_rows.view();
        parallel(rows_, [&](int row, int thread) {
            float* scratch = w_.scratch[thread].row.data();
            check(k_.norm_quantise(x(row), weight.data(), shape_.width, shape_.eps, scratch, out, row));
        });
    }

    void attention_part(int layer) {
        const Layer& l = m_.layers[layer];
        size_t stride = padded(shape_.queries() + 2 * shape_.keys());
        norm(l.attention_norm);
        product(l.qkv, w_.narrow_rows.view(), rows_, w_.wide.data(), stride, false);
        parallel(rows_, [&](int row, int thread) {
            const float* qkv = w_.wide.data() + row * stride;
            fetch_places(layer, row);
            rotate_queries(row, qkv, w_.scratch[thread].row.data());
            append(layer, row, qkv + shape_.queries(), w_.scratch[thread].row.data());
        });
        attend(layer);
        QuantRows mixed = w_.narrow_rows.view();
        parallel(rows_, [&](int row, int) {
            check(k_.quantise(w_.mixed.data() + row * padded(shape_.queries()), shape_.queries(), mixed, row));
        });
        product(l.attn_output, mixed, rows_, w_.x.data(), padded(shape_.width), true);
    }

    void rotate_queries(int row, const float* q, float* rotated) {
        int d = shape_.head_size;
        bool past_window = position_[row] >= s_.window_;
        float root = 1.0f / std::sqrt(static_cast<float>(d));
        for (int sink = 0; sink <= (past_window ? 1 : 0); sink++) {
            QuantRows out = (sink ? w_.sink_queries : w_.queries).view();
            const float* table = angles(sink ? s_.max_rows_ : row);
            for (int head = 0; head < shape_.heads; head++) {
                int at = row * shape_.heads + head;
                k_.rope(q + head * d, table, table + d, d, rotated);
                check(k_.quantise(rotated, d, out, at));
                out.scale[at] = out.scale[at] * root;
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
        for (int g = 0; g < shape_.kv_heads; g++) {
            k_.rope(kv + g * d, angles(row), angles(row) + d, d, rotated);
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
        t.range_count = cache.ranges(position_[row], t.ranges);
        t.cold = item.cold;
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
        QuantRows hidden = w_.hidden_rows.view();
        norm(l.feed_forward_norm);
        product(l.gate_up, w_.narrow_rows.view(), rows_, w_.wide.data(), stride, false);
        parallel(rows_, [&](int row, int) {
            float* gate = w_.wide.data() + row * stride;
            k_.silu_multiply(gate, gate + shape_.hidden, shape_.hidden, gate);
            check(k_.quantise(gate, shape_.hidden, hidden, row));
        });
        product(l.down, hidden, rows_, w_.x.data(), padded(shape_.width), true);
    }

    void predict(const uint8_t* want, float* logits) {
        int wanted = 0;
        QuantRows out = w_.narrow_rows.view();
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
    const int32_t* streams_;
    const int32_t* tokens_;
    int rows_;
    std::unique_lock<std::mutex> lock_;
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
    work_ = std::make_unique<Workspace>(*model_, max_rows, caches_.front().slots());
}

Session::~Session() = default;

FeedResult Session::feed(const int32_t* streams, const int32_t* tokens, const uint8_t* want, int rows, float* logits) {
    FloatRules rules;
    return Forward(*this, streams, tokens, rows).run(want, logits);
}

size_t Session::bytes() const {
    return work_->bytes() + keys_.bytes() + values_.bytes() + key_scales_.bytes() + value_scales_.bytes();
}

}  // namespace nacomp::exact
