// The contexts of several streams and the forward pass over their rows. Mirrors ReferenceSession of reference.py.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "buffer.h"
#include "context.h"
#include "weights.h"

namespace nacomp::exact {

enum class FeedResult { done, not_finite };

// The contexts of S streams and the buffers of a forward pass. One owner; different sessions may run at the same time.
class Session {
public:
    Session(std::shared_ptr<const Model> model, int streams, int window, int sinks, int max_rows);
    // Rows as in models/protocol.py, at most max_rows of them, arguments checked by the caller. logits: (wanted row,
    // vocabulary), written densely.
    FeedResult feed(const int32_t* streams, const int32_t* tokens, const uint8_t* want, int rows, float* logits);
    // The same for a holder of `pool().owner` (`shared`: whether its threads help), or on the calling thread alone: as many
    // lanes as were prepared may be fed at the same time, with rows of different streams.
    FeedResult feed_lane(int lane, bool shared, const int32_t* streams, const int32_t* tokens, const uint8_t* want, int rows,
                         float* logits);
    void prepare_lanes(int lanes);
    // From here on `largest` (2 * layers + 1, width) notes how large each channel gets behind every norm: attention and
    // feed-forward of each layer, then the output's. For sessions of one lane.
    void watch_norms(float* largest) { largest_ = largest; }
    const Model& model() const { return *model_; }
    int streams() const { return static_cast<int>(caches_.size()); }
    int max_rows() const { return max_rows_; }
    size_t bytes() const;

private:
    friend class Forward;
    struct Workspace;

    std::shared_ptr<const Model> model_;
    int max_rows_, window_;
    bool fetches_;  // whether attention asks ahead for keys and values
    float* largest_ = nullptr;
    std::vector<Cache> caches_;  // (stream)
    // Of all streams together, so that small models too fill huge pages.
    Buffer<uint8_t> keys_, values_;
    Buffer<float> key_scales_, value_scales_;
    std::vector<std::unique_ptr<Workspace>> work_;  // (lane)

public:
    ~Session();
};

}  // namespace nacomp::exact
