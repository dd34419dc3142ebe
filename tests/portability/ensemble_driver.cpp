// Runs a block's symbols and logits from a file through the predictors' core, without Python: for other processors.
//
// ensemble_driver FILE KERNEL THREADS [rules]: the frequencies of every step, float64 little-endian, to standard output: pages,
// then slots. THREADS is not used. `rules` first sets other float rules for this thread; the core must not care. Exit
// status 3: the kernel cannot run here. The file is written by ensemble_file.py.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "binary_output.h"
#include "ensemble.h"
#include "native/dispatch.h"
#include "other_rules.h"

using namespace nacomp::predictors;

namespace {

FILE* file;

template <class T>
std::vector<T> array(size_t count) {
    std::vector<T> out(count);
    if (count && fread(out.data(), sizeof(T), count, file) != count) exit(2);
    return out;
}
int number() { return array<int32_t>(1)[0]; }

InitialWeights read_initial_weights() {
    InitialWeights out;
    for (int i = 0; i < 2 * kMaxOrders; i++) out.followers.push_back(array<double>(kFollowerCounters));
    out.match = array<double>(kMatchCounters);
    out.recency = array<double>(kDistances * kLikelihoods);
    for (MixerWeights* mixer : {&out.model, &out.order0}) {
        mixer->by_order = array<double>(kHighestOrders * kBuckets * kInputs);
        mixer->by_rank = array<double>(kRanks * kHighestOrders * kInputs);
    }
    return out;
}

// The logits of the rows that want the model, one behind the other.
std::vector<float> wanted(const std::vector<float>& logits, const std::vector<uint8_t>& wants, int size) {
    std::vector<float> out;
    for (size_t row = 0; row < wants.size(); row++)
        if (wants[row]) out.insert(out.end(), logits.begin() + row * size, logits.begin() + (row + 1) * size);
    return out;
}

void run_step(Ensemble& ensemble) {
    const int rows = number(), pages = ensemble.vocabulary().pages(), size = ensemble.vocabulary().size;
    const std::vector<int32_t> streams = array<int32_t>(rows), symbols = array<int32_t>(rows);
    const std::vector<float> logits = array<float>(static_cast<size_t>(rows) * size);
    std::vector<uint8_t> wants(rows);
    ensemble.wants_model(streams.data(), rows, wants.data());
    std::vector<double> out(static_cast<size_t>(rows) * pages);
    ensemble.predict(streams.data(), rows, wanted(logits, wants, size).data(), wants.data(), out.data());
    fwrite(out.data(), sizeof(double), out.size(), stdout);
    std::vector<int32_t> page(symbols);
    for (int32_t& symbol : page) symbol >>= 8;
    out.resize(rows * kPage);
    ensemble.choose_pages(page.data(), out.data());
    fwrite(out.data(), sizeof(double), out.size(), stdout);
    ensemble.update(symbols.data());
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 4 || !(file = fopen(arguments[1], "rb"))) return 2;
    const Kernel* kernel = nacomp::find_kernel(compiled_kernels(), arguments[2]);
    if (!kernel) return 3;
    binary_output();
    if (count > 4) other_float_rules();
    const int size = number();
    Vocabulary vocabulary{size, (size + 255) / 256, array<int32_t>(size)};
    const std::vector<int32_t> n = array<int32_t>(11);
    const Parameters parameters{n[0], n[1], n[2], n[3], n[4] != 0, n[5]};
    const Rates rates{n[6], n[7], n[8], n[9], n[10]};
    const InitialWeights initial = read_initial_weights();
    const int streams = number(), steps = number();
    Ensemble ensemble(vocabulary, parameters, rates, streams, initial, *kernel);
    for (int step = 0; step < steps; step++) run_step(ensemble);
    return 0;
}
