#include "block.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

namespace nacomp::predictors {

namespace {

// Threads up to which one of them codes while the others run the next forward. The steps of a forward take a fifth to two fifths
// of the time, so on more threads their rows are better shared out too: by tests/benchmarks/scaling.py four threads take
// 1.17 s for 150 kB of prose so, and 1.46 s ahead; three take as long either way.
constexpr int kMostAhead = 3;

// Lanes for each of those threads, of which one codes meanwhile. With two for each a fifth of a forward's work was one lane, and
// one of two threads waited for that long: 1 to 2 ms of 6.
constexpr int kLanesEach = 4;

// Whether so many milliseconds are over since it was made.
class Watch {
public:
    explicit Watch(double milliseconds)
        : end_(std::chrono::steady_clock::now() + std::chrono::microseconds(static_cast<std::int64_t>(milliseconds * 1000))) {}
    bool over() const { return std::chrono::steady_clock::now() >= end_; }

private:
    std::chrono::steady_clock::time_point end_;
};

}  // namespace

void Block::Lane::clear() {
    streams.clear();
    tokens.clear();
    want.clear();
    wanted = 0;
}

Block::Hold::Hold(const EngineDoor& door) : door(door) {
    if (!door.enter(door.session)) throw std::runtime_error("the session is in use, or of no more use");
}

Block::Block(Ensemble& ensemble, const EngineDoor& door, Settings settings)
    : ensemble_(ensemble),
      door_(door),
      settings_(std::move(settings)),
      lanes_(door.lanes),
      waiting_(settings_.cut.streams, {settings_.start_token}) {}

int Block::lanes(int live) const {
    return std::max(1, std::min({door_.lanes, live, door_.threads(door_.session)}));
}

void Block::take(Lane& lane, std::int32_t stream) {
    std::vector<std::int32_t>& waiting = waiting_[stream];
    for (const std::int32_t token : waiting) {
        lane.streams.push_back(stream);
        lane.tokens.push_back(token);
        lane.want.push_back(0);
    }
    lane.want.back() = 1;
    ++lane.wanted;
    waiting.clear();
}

void Block::wait(std::int32_t stream, std::int32_t symbol) {
    std::vector<std::int32_t>& waiting = waiting_[stream];
    if (static_cast<int>(waiting.size()) == settings_.queue) waiting.erase(waiting.begin());
    waiting.push_back(settings_.tokens[symbol]);
}

// In pieces that the engine accepts.
void Block::feed(Lane& lane, int number) {
    const std::size_t needed = static_cast<std::size_t>(lane.wanted) * door_.vocabulary;
    if (lane.logits.size() < needed) lane.logits.resize(needed);
    float* logits = lane.logits.data();
    const int rows = static_cast<int>(lane.streams.size());
    for (int at = 0; at < rows; at += settings_.most_rows) {
        const int count = std::min(settings_.most_rows, rows - at);
        if (!door_.feed(door_.session, number, lane.streams.data() + at, lane.tokens.data() + at, lane.want.data() + at, count,
                        logits))
            throw std::overflow_error("a row is not finite");
        logits += std::count(lane.want.begin() + at, lane.want.begin() + at + count, 1) * static_cast<std::int64_t>(door_.vocabulary);
    }
}

template <class Body>
void Block::parallel(int tasks, const Body& body) {
    struct Call {
        const Body& body;
        std::mutex mutex;
        std::exception_ptr thrown;
    } call{body, {}, {}};
    const auto run = [](void* context, int task, int) {
        Call& call = *static_cast<Call*>(context);
        try {
            call.body(task);
        } catch (...) {
            const std::lock_guard<std::mutex> lock(call.mutex);
            if (!call.thrown) call.thrown = std::current_exception();
        }
    };
    if (tasks == 1)
        run(&call, 0, 0);
    else
        door_.run(door_.session, tasks, run, &call);
    if (call.thrown) std::rethrow_exception(call.thrown);
}

void Block::learn(const std::int32_t* symbols) {
    const int live = ensemble_.rows();
    // In parts, where there are threads. Two of them learn no sooner than one, but while one learnt alone the other fell asleep:
    // a step of 8 streams on two cores of Zen 4 takes 290 us so and took 390, where one thread takes 430.
    if (door_.threads(door_.session) > 1) {
        ensemble_.settle(symbols);
        parallel(Ensemble::kParts, [&](int part) { ensemble_.learn(part, symbols); });
        ensemble_.close();
    } else {
        ensemble_.update(symbols);
    }
    for (int i = 0; i < live; ++i) wait(i, symbols[i]);
    ++step_;
}

// The encoder

BlockEncoder::BlockEncoder(RowEncoder& coder, const EngineDoor& door, Settings settings, std::vector<std::int32_t> symbols,
                           std::vector<std::uint8_t> asked)
    : Block(coder.ensemble(), door, std::move(settings)),
      coder_(coder),
      symbols_(std::move(symbols)),
      asked_(std::move(asked)),
      row_logits_(cut().streams),
      row_(cut().streams) {}

std::int64_t BlockEncoder::run(double milliseconds) {
    const Hold hold(door_);
    const Watch watch(milliseconds);
    std::int64_t done = 0;
    do {
        if (ended()) break;
        const int threads = door_.threads(door_.session);
        if (threads > 1 && threads <= kMostAhead && door_.lanes > 1) {
            done += code_and_go_on(threads);
            continue;
        }
        if (step_ == batch_.end) {
            plan(batch_, lanes(cut().live(step_)));
            forward(batch_);
        }
        done += cut().live(step_);
        step(threads > 1);
    } while (!watch.over());
    return done;
}

// What is left of this batch, and the next one's forward meanwhile.
std::int64_t BlockEncoder::code_and_go_on(int threads) {
    if (step_ == batch_.end) {
        plan(batch_, std::min(kLanesEach * threads, door_.lanes));
        forward(batch_);
    }
    if (planned_ < cut().steps())
        plan(next_, std::min(kLanesEach * threads, door_.lanes));
    else
        next_.count = 0;
    std::int64_t done = 0;
    const auto task = [&](int number) {
        if (number > 0) return feed(next_.lanes[number - 1], number - 1);
        while (step_ < batch_.end) {
            done += cut().live(step_);
            step(false);
        }
    };
    parallel(1 + next_.count, task);
    if (next_.count) std::swap(batch_, next_);
    return done;
}

// The rows of as many steps as fit.
void BlockEncoder::plan(Batch& batch, int lanes) {
    const int live = cut().live(planned_);
    batch.count = std::min(lanes, live);
    if (batch.lanes.size() < lanes_.size()) batch.lanes.resize(lanes_.size());
    for (Lane& lane : batch.lanes) lane.clear();
    batch.used.assign(lanes_.size(), 0);
    const std::int64_t last = std::min(planned_ + settings_.most_steps, cut().steps());
    std::size_t rows = 0;
    do {
        plan_step(batch, planned_++);
        rows = 0;
        for (const Lane& lane : batch.lanes) rows += lane.streams.size();
    } while (planned_ < last && rows + live <= static_cast<std::size_t>(settings_.most_rows));
    batch.end = planned_;
}

void BlockEncoder::plan_step(Batch& batch, std::int64_t step) {
    const int streams = cut().streams, live = cut().live(step);
    for (int s = 0; s < live; ++s) {
        if (asked_[at(s, step)]) take(batch.lanes[s * batch.count / streams], s);
        Block::wait(s, symbols_[at(s, step)]);
    }
}

// Each lane's rows on one thread.
void BlockEncoder::forward(Batch& batch) {
    parallel(batch.count, [&](int lane) { feed(batch.lanes[lane], lane); });
}

void BlockEncoder::step(bool share) {
    const int streams = cut().streams, live = cut().live(step_);
    for (int s = 0; s < live; ++s) {
        const int lane = s * batch_.count / streams;
        row_[s] = symbols_[at(s, step_)];
        row_logits_[s] = asked_[at(s, step_)] ? logits(batch_.lanes[lane], batch_.used[lane]++) : nullptr;
    }
    ensemble_.begin(live);
    const auto open = [&](int s) {
        ensemble_.open_row(s, s, row_logits_[s]);
        coder_.open(s);
    };
    if (share)
        parallel(live, open);
    else
        for (int s = 0; s < live; ++s) open(s);
    coder_.encode(row_.data(), live);
    ensemble_.update(row_.data());
    ++step_;
}

// The decoder

BlockDecoder::BlockDecoder(RowDecoder& coder, const EngineDoor& door, Settings settings)
    : Block(coder.ensemble(), door, std::move(settings)),
      coder_(coder),
      symbols_(cut().symbols),
      asked_(cut().streams),
      numbers_(cut().streams),
      row_(cut().streams) {}

std::int64_t BlockDecoder::run(double milliseconds) {
    const Hold hold(door_);
    const Watch watch(milliseconds);
    std::int64_t done = 0;
    do {
        if (ended()) break;
        const int live = cut().live(step_);
        predict(live);
        coder_.decode(row_.data(), live);
        for (int s = 0; s < live; ++s) symbols_[cut().start(s) + step_] = row_[s];
        learn(row_.data());
        done += live;
    } while (!watch.over());
    return done;
}

void BlockDecoder::predict(int live) {
    const int lanes = this->lanes(live);
    ensemble_.begin(live);
    if (lanes > 1 || door_.threads(door_.session) == 1) {
        parallel(lanes, [&](int lane) {
            const int first = live * lane / lanes, end = live * (lane + 1) / lanes;
            gather(lanes_[lane], first, end);
            feed(lanes_[lane], lane);
            open(lanes_[lane], first, end);
        });
        return;
    }
    // The engine shares out its own steps; then the rows.
    gather(lanes_[0], 0, live);
    feed(lanes_[0], 0);
    int next = 0;
    for (int s = 0; s < live; ++s) numbers_[s] = asked_[s] ? next++ : -1;
    parallel(live, [&](int s) { open_one(s, numbers_[s] < 0 ? nullptr : logits(lanes_[0], numbers_[s])); });
}

void BlockDecoder::gather(Lane& lane, int first, int end) {
    lane.clear();
    for (int s = first; s < end; ++s) {
        asked_[s] = ensemble_.wants_model(s);
        if (asked_[s]) take(lane, s);
    }
}

void BlockDecoder::open(Lane& lane, int first, int end) {
    int used = 0;
    for (int s = first; s < end; ++s) open_one(s, asked_[s] ? logits(lane, used++) : nullptr);
}

void BlockDecoder::open_one(int s, const float* logits) {
    ensemble_.open_row(s, s, logits);
    coder_.open(s);
}

}  // namespace nacomp::predictors
