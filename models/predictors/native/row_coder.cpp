#include "row_coder.h"

namespace nacomp::predictors {

namespace {

// Entry i of a row has frequency row[i] + 1.
void encode(mixing::RangeEncoder& coder, const double* row, std::int32_t symbol) {
    double before = 0.0;  // exact: integers below 2^24
    for (std::int32_t i = 0; i < symbol; ++i) before += row[i];
    coder.encode(static_cast<std::uint32_t>(before) + static_cast<std::uint32_t>(symbol),
                 static_cast<std::uint32_t>(row[symbol]) + 1);
}

// The last entry takes what is left, as every row's frequencies sum to 2^24.
std::int32_t decode(mixing::RangeDecoder& coder, const double* row, std::int32_t entries) {
    const std::uint32_t quantile = coder.quantile();
    std::uint32_t before = 0, frequency = static_cast<std::uint32_t>(row[0]) + 1;
    std::int32_t symbol = 0;
    while (symbol + 1 < entries && quantile >= before + frequency) {
        before += frequency;
        frequency = static_cast<std::uint32_t>(row[++symbol]) + 1;
    }
    coder.take(before, frequency);
    return symbol;
}

constexpr std::int32_t kSlots = static_cast<std::int32_t>(kPage);

}  // namespace

void PageEncoder::encode(const std::int32_t* symbols, int rows) {
    for (int i = 0; i < rows; ++i) predictors::encode(coder_, pages(i), symbols[i] / kSlots);
    for (int i = 0; i < rows; ++i) predictors::encode(coder_, slots(i, symbols[i] / kSlots), symbols[i] % kSlots);
}

void PageDecoder::decode(std::int32_t* symbols, int rows) {
    for (int i = 0; i < rows; ++i) symbols[i] = predictors::decode(coder_, pages(i), count());
    for (int i = 0; i < rows; ++i) symbols[i] = symbols[i] * kSlots + predictors::decode(coder_, slots(i, symbols[i]), kSlots);
}

}  // namespace nacomp::predictors
