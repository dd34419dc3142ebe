// The settings of one block. Mirrors parameters.py.
#pragma once

namespace nacomp::predictors {

struct Parameters {
    int ngram_orders, table_bits, match_minimum;
    int candidates;  // the setting `chain`
    bool skip;
    int skip_regime;
};

// Learning rates of the biases, in 1/65,536.
struct Rates {
    int bias, pair, gap, column, recency;
    // A token is likely, and has context biases, from 2^-likely of the row on: 12 for `ensemble-1`.
    int likely = 12;
};

}  // namespace nacomp::predictors
