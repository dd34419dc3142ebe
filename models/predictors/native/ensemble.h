// One block's predictors, from logits to integer frequencies. Mirrors reference.py; knows no Python.
#pragma once

#include <memory>
#include <vector>

#include "dense.h"
#include "sparse.h"

namespace nacomp {

struct Layout {
    int size;                            // token ids, V
    int token_pages;                     // pages they fill; the escapes' page follows
    std::vector<std::uint8_t> speakable;  // (V,) 0 for control tokens, which are never coded
    int pages() const { return token_pages + 1; }
    Symbol first_escape() const { return token_pages * static_cast<int>(kPage); }
    Symbol symbols() const { return pages() * static_cast<int>(kPage); }
};

// How often each symbol came in this block: the row where no language model is asked, and the escapes' weights.
class Fallback {
public:
    explicit Fallback(const Layout& layout);
    void escapes(std::int64_t total, std::int64_t* out) const;  // out: (256,)
    void learn(Symbol symbol);

    std::vector<std::uint32_t> weights;  // (token_pages * 256,)
    std::vector<std::int64_t> sums;      // (token_pages,)

private:
    int size_;
    Symbol first_escape_;
    std::int64_t escape_counts_[kPage];
    std::int64_t escaped_ = 0, coded_ = 0;
};

// Frequencies (n,) for the coder from integer weights (n,): see quantiser.py.
void quantise(const double* weights, int n, double* frequencies);

class Ensemble {
public:
    Ensemble(Layout layout, const Parameters& parameters, int streams, const DenseKernel& kernel);

    void wants_model(const std::int32_t* streams, int rows, std::uint8_t* wants);
    // logits: row i of those with has[row] at logits + i * size. out: (rows, pages).
    void predict(const std::int32_t* streams, int rows, const float* logits, const std::uint8_t* has, double* out);
    void choose_pages(const std::int32_t* pages, double* out);  // out: (rows, 256)
    void update(const std::int32_t* symbols);

    const Layout& layout() const { return layout_; }
    int streams() const { return sparse_.streams(); }
    int rows() const { return rows_used_; }

private:
    struct Row {
        int stream = 0;
        bool model = false;
        std::vector<std::uint32_t> own;  // (token_pages * 256,) the model's weights
        std::int64_t tokens = 0;         // their sum
        std::int64_t escapes[kPage];
        double scale = 0.0;
        Candidates candidates;
    };

    void weigh(Row& row, const float* logits, double* sums);
    void mix(Row& row, const double* sums, double* out);
    double weight(const Row& row, Symbol symbol) const;

    Layout layout_;
    const DenseKernel& kernel_;
    Sparse sparse_;
    Fallback fallback_;
    float rate_;
    std::vector<float> bias_;  // (token_pages * 256,)
    std::vector<Row> rows_;    // one per stream, so that a step's rows keep their buffers
    int rows_used_ = 0;
    std::vector<double> sums_;       // (pages,)
    std::vector<std::int64_t> page_sums_;
    std::vector<float> padded_;  // logits of the last page when V fills it in part
};

}  // namespace nacomp
