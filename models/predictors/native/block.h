// The steps of a block without the interpreter between them: the engine is asked, rows are opened, coded and learnt. Mirrors
// block_predictor.py, logit_source.py and the loops of nacomp/codecs/lockstep.py, which are the readable form; knows no Python.
//
//     rows of the step, on all threads: wants the model? -> engine -> open       then, one after the other: code -> learn
//     the encoder's on a few threads: the steps of one forward on one of them, the next forward on the others
//
// A step's rows are predicted from the same state, so which thread makes which of them changes no bit; and the exact engine's
// logits do not depend on how rows are grouped, so each thread feeds the streams whose rows it opens.
#pragma once

#include <cstdint>
#include <exception>
#include <mutex>
#include <vector>

#include "native/engine_door.h"
#include "native/float_rules.h"
#include "row_coder.h"

namespace nacomp::predictors {

// How a block's symbols are cut into streams; mirrors streams.py.
struct Cut {
    std::int64_t symbols;
    int streams;

    std::int64_t steps() const { return (symbols + streams - 1) / streams; }
    // Where stream s begins; s == streams is the end.
    std::int64_t start(int s) const {
        const std::int64_t longer = symbols % streams;
        return s * (symbols / streams) + (s < longer ? s : longer);
    }
    // How many streams, from 0 on, have a symbol at this step.
    int live(std::int64_t step) const { return step < symbols / streams ? streams : static_cast<int>(symbols % streams); }
};

// What a block's two sides share: the contexts' waiting tokens and the rows of the step.
class Block {
public:
    struct Settings {
        Cut cut;
        int most_rows;   // of one forward
        int most_steps;  // that one forward of the encoder may cover
        int queue;       // most tokens that wait for a stream's next turn; older ones are dropped
        std::int32_t start_token;
        std::vector<std::int32_t> tokens;  // (symbols,) what the model is fed for each symbol
    };
    Block(const Block&) = delete;
    const Cut& cut() const { return settings_.cut; }
    bool ended() const { return step_ == settings_.cut.steps(); }

protected:
    // One group of streams that is fed on its own: rows (stream, token, wanted) and the logits of the wanted ones.
    struct Lane {
        std::vector<std::int32_t> streams, tokens;
        std::vector<std::uint8_t> want;
        std::vector<float> logits;  // (wanted row, vocabulary)
        int wanted = 0;

        void clear();
    };

    Block(Ensemble& ensemble, const EngineDoor& door, Settings settings);
    // Has the engine for itself while it lives; throws std::runtime_error where it cannot.
    struct Hold {
        explicit Hold(const EngineDoor& door);
        ~Hold() { door.leave(door.session); }
        const EngineDoor& door;
        FloatRules rules;
    };

    // Lanes for so many live streams, now.
    int lanes(int live) const;
    // Brings a stream up to date in its lane's next forward.
    void take(Lane& lane, std::int32_t stream);
    void feed(Lane& lane, int number);
    void wait(std::int32_t stream, std::int32_t symbol);
    const float* logits(const Lane& lane, int row) const { return lane.logits.data() + static_cast<std::size_t>(row) * door_.vocabulary; }
    // Runs body(task) for all tasks on the threads; throws what the first of them threw.
    template <class Body>
    void parallel(int tasks, const Body& body);
    void learn(const std::int32_t* symbols);

    Ensemble& ensemble_;
    const EngineDoor& door_;
    Settings settings_;
    std::int64_t step_ = 0;
    std::vector<Lane> lanes_;
    std::vector<std::vector<std::int32_t>> waiting_;  // (stream, at most `queue`)
};

class BlockEncoder : public Block {
public:
    // symbols, asked: (n,) of the block; whether the model predicts each.
    BlockEncoder(RowEncoder& coder, const EngineDoor& door, Settings settings, std::vector<std::int32_t> symbols,
                 std::vector<std::uint8_t> asked);
    // Codes steps for about so long, at least one; how many symbols that were.
    std::int64_t run(double milliseconds);
    std::vector<std::uint32_t> finish() { return coder_.finish(); }

private:
    // The steps whose rows one forward makes.
    struct Batch {
        std::vector<Lane> lanes;
        std::vector<int> used;  // (lane,) how many of its rows of logits earlier steps used
        int count = 1;          // of lanes in use
        std::int64_t end = 0;   // the step behind its last one
    };

    void plan(Batch& batch, int lanes);
    void plan_step(Batch& batch, std::int64_t step);
    void forward(Batch& batch);
    std::int64_t code_and_go_on(int threads);
    void step(bool share);
    std::size_t at(int stream, std::int64_t step) const { return static_cast<std::size_t>(cut().start(stream) + step); }

    RowEncoder& coder_;
    std::vector<std::int32_t> symbols_;
    std::vector<std::uint8_t> asked_;
    std::int64_t planned_ = 0;  // steps before this one have been planned
    Batch batch_, next_;        // that with the logits of this step, and the one behind it
    std::vector<const float*> row_logits_;  // (live stream,)
    std::vector<std::int32_t> row_;         // (live stream,) symbols of the step
};

class BlockDecoder : public Block {
public:
    BlockDecoder(RowDecoder& coder, const EngineDoor& door, Settings settings);
    // As of the encoder. Throws what the coder throws.
    std::int64_t run(double milliseconds);
    // (n,) in the order of the block; of use once `ended`.
    const std::vector<std::int32_t>& symbols() const { return symbols_; }

private:
    void predict(int live);
    void open(Lane& lane, int first, int end);
    void open_one(int s, const float* logits);
    void gather(Lane& lane, int first, int end);

    RowDecoder& coder_;
    std::vector<std::int32_t> symbols_;
    std::vector<std::uint8_t> asked_;  // (live stream,)
    std::vector<int> numbers_;         // (live stream,) which row of logits, -1: none
    std::vector<std::int32_t> row_;    // (live stream,) symbols of the step
};

}  // namespace nacomp::predictors
