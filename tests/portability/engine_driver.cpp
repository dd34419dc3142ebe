// Runs a model and rows from a file through the exact engine's core, without Python: for other processors and for sanitizers.
//
// engine_driver FILE KERNEL THREADS [rules]: all wanted logits, float32 little-endian, to standard output. `rules` first sets
// other float rules for this thread; the core must not care. Exit status 3: the kernel cannot run here; 4: a value was not
// finite. The file is written by engine_file.py: this machine's byte order, no padding.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "binary_output.h"
#include "kernels.h"
#include "native/dispatch.h"
#include "other_rules.h"
#include "session.h"
#include "weights.h"

using namespace nacomp::exact;

namespace {

class Reader {
public:
    explicit Reader(const char* path) : file_(fopen(path, "rb")) {
        if (!file_) exit(2);
    }
    ~Reader() { fclose(file_); }
    template <class T>
    std::vector<T> array(size_t count) {
        std::vector<T> out(count);
        if (count && fread(out.data(), sizeof(T), count, file_) != count) exit(2);
        return out;
    }
    int number() { return array<int32_t>(1)[0]; }

private:
    FILE* file_;
};

Shape read_shape(Reader& in) {
    std::vector<int32_t> n = in.array<int32_t>(11);
    std::vector<float> f = in.array<float>(3);
    return {n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], f[0], n[8] != 0, n[9] != 0, f[1], f[2], n[10]};
}

// The parts that few architectures have, each behind a number that says whether it is there.
void read_parts(Reader& in, Model& model, int layer) {
    for (NormId id : {NormId::query, NormId::key, NormId::post_attention, NormId::post_feed_forward})
        if (in.number() != 0) model.set_norm(id, layer, in.array<float>(model.norm_size(id)).data());
    if (in.number() != 0) model.set_bias(layer, in.array<float>(model.shape.heads_wide()).data());
}

void read_matrix(Reader& in, Model& model, MatrixId id, int layer) {
    size_t rows = model.matrix_rows(id);
    std::vector<int8_t> q = in.array<int8_t>(rows * model.matrix_columns(id));
    model.set_matrix(id, layer, q.data(), in.array<float>(rows).data());
}

std::shared_ptr<Model> read_model(Reader& in, const Kernel& kernel, int threads) {
    Shape shape = read_shape(in);
    if (shape.problem()) exit(2);
    auto model = std::make_shared<Model>(shape, in.array<uint64_t>(shape.rotary_pairs).data(), kernel, threads);
    if (in.number() != 0) {
        std::vector<uint8_t> local = in.array<uint8_t>(shape.layers);
        model->set_local(local.data(), in.array<uint64_t>(shape.rotary_pairs).data());
    }
    for (int layer = 0; layer < shape.layers; layer++) {
        model->set_norm(NormId::attention, layer, in.array<float>(shape.width).data());
        model->set_norm(NormId::feed_forward, layer, in.array<float>(shape.width).data());
        read_parts(in, *model, layer);
        for (MatrixId id : {MatrixId::query, MatrixId::key, MatrixId::value, MatrixId::attn_output, MatrixId::gate,
                            MatrixId::up, MatrixId::down})
            read_matrix(in, *model, id, layer);
    }
    model->set_norm(NormId::output, 0, in.array<float>(shape.width).data());
    read_matrix(in, *model, MatrixId::output, 0);
    if (in.number() == 0) {
        std::vector<int8_t> q = in.array<int8_t>(static_cast<size_t>(shape.vocabulary) * shape.width);
        model->set_embedding(q.data(), in.array<float>(shape.vocabulary).data());
    }
    return model;
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 4) return 2;
    const Kernel* kernel = nacomp::find_kernel(compiled_kernels(), arguments[2]);
    if (!kernel) return 3;
    binary_output();
    if (count > 4) other_float_rules();
    Reader in(arguments[1]);
    std::shared_ptr<Model> model = read_model(in, *kernel, atoi(arguments[3]));
    int streams = in.number(), window = in.number(), sinks = in.number(), most = in.number(), calls = in.number();
    Session session(model, streams, window, sinks, most);
    for (int call = 0; call < calls; call++) {
        int rows = in.number(), wanted = 0;
        std::vector<int32_t> stream = in.array<int32_t>(rows), token = in.array<int32_t>(rows);
        std::vector<uint8_t> want = in.array<uint8_t>(rows);
        for (uint8_t w : want) wanted += w;
        std::vector<float> logits(static_cast<size_t>(wanted) * model->shape.vocabulary);
        if (session.feed(stream.data(), token.data(), want.data(), rows, logits.data()) != FeedResult::done) return 4;
        fwrite(logits.data(), sizeof(float), logits.size(), stdout);
    }
    return 0;
}
