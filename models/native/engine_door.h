// What a native predictor may call of an engine's session, without the interpreter between them.
//
// The two cores are modules of their own, so this is a table of functions that one hands to the other in a capsule. Both are
// built together; the capsule's name changes with this file.
#pragma once

#include <cstdint>

namespace nacomp {

struct EngineDoor {
    static constexpr const char* kName = "nacomp.engine_door.1";

    void* session;
    int streams, vocabulary, max_rows;
    // How many groups of streams may be fed at the same time, each on one thread. 1 for a large model, whose feed shares out
    // every product instead.
    int lanes;

    // Takes the session, and the model's threads where they are free, until `leave`. How many threads there are for it, or 0
    // where the session is in use or of no more use.
    int (*enter)(void* session);
    void (*leave)(void* session);
    // How many of the threads to use now: fewer where other blocks of the same model are being coded.
    int (*threads)(void* session);
    // Rows as in models/protocol.py, of streams that no other lane feeds. False where a value is not finite; then the
    // session is of no more use.
    bool (*feed)(void* session, int lane, const std::int32_t* streams, const std::int32_t* tokens, const std::uint8_t* want,
                 int rows, float* logits);
    // Shares tasks 0..count-1 out over the threads; returns when all are done.
    void (*run)(void* session, int count, void (*task)(void* context, int task, int thread), void* context);
};

}  // namespace nacomp
