// What turns the rows of a block's steps into words, or words into symbols: as pages and slots, or as bits beside the context
// mixer (mixed.h). The steps of block.h know nothing else of it.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "ensemble.h"
#include "mixing/native/range_coder.h"

namespace nacomp::predictors {

class RowCoder {
public:
    virtual ~RowCoder() = default;
    virtual Ensemble& ensemble() = 0;
    // What can be made of the ensemble's open row i before its turn comes; of different rows at the same time.
    virtual void open(int i) = 0;
};

class RowEncoder : public RowCoder {
public:
    // Codes a step of opened rows. symbols: (rows,)
    virtual void encode(const std::int32_t* symbols, int rows) = 0;
    virtual std::vector<std::uint32_t> finish() = 0;
};

class RowDecoder : public RowCoder {
public:
    // The same back; symbols: (rows,) out. Throws std::domain_error for words that no encoder writes.
    virtual void decode(std::int32_t* symbols, int rows) = 0;
};

// Pages and slots of a block's ensemble.
template <class Coder>
class Pages : public Coder {
public:
    // The arguments are the ensemble's.
    template <class... Arguments>
    explicit Pages(Arguments&&... arguments)
        : ensemble_(std::forward<Arguments>(arguments)...), pages_(static_cast<std::size_t>(ensemble_.streams()) * count()), slots_(kPage) {}

    Ensemble& ensemble() override { return ensemble_; }
    void open(int i) override { ensemble_.pages(i, pages_.data() + static_cast<std::size_t>(i) * count()); }

protected:
    int count() const { return ensemble_.vocabulary().pages(); }
    const double* pages(int i) const { return pages_.data() + static_cast<std::size_t>(i) * count(); }
    const double* slots(int i, std::int32_t page) {
        ensemble_.slots(i, page, slots_.data());
        return slots_.data();
    }

private:
    Ensemble ensemble_;
    std::vector<double> pages_;  // (row, page)
    std::vector<double> slots_;  // (256,)
};

class PageEncoder : public Pages<RowEncoder> {
public:
    using Pages::Pages;
    void encode(const std::int32_t* symbols, int rows) override;
    std::vector<std::uint32_t> finish() override { return coder_.finish(); }

private:
    mixing::RangeEncoder coder_;
};

class PageDecoder : public Pages<RowDecoder> {
public:
    template <class... Arguments>
    explicit PageDecoder(std::vector<std::uint32_t> words, Arguments&&... arguments)
        : Pages(std::forward<Arguments>(arguments)...), coder_(std::move(words)) {}
    void decode(std::int32_t* symbols, int rows) override;

private:
    mixing::RangeDecoder coder_;
};

}  // namespace nacomp::predictors
