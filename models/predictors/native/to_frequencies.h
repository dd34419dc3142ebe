// Weights to coder frequencies. Mirrors to_frequencies.py, which says why.
#pragma once

namespace nacomp::predictors {

// Frequencies (n,) for the coder from integer weights (n,).
void quantise(const double* weights, int n, double* frequencies);

}  // namespace nacomp::predictors
