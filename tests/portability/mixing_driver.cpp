// Codes blocks from a file with the context mixer's core, without Python: for other processors.
//
// mixing_driver FILE KERNEL THREADS: the coder's words of every block, u32 little-endian, to standard output. THREADS is not used.
// Exit status 3: the kernel cannot run here. The file holds for each block profile, size, width, pixel and delimiter as i32, then
// the bytes.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "binary_output.h"
#include "codec.h"
#include "native/dispatch.h"

using namespace nacomp::mixing;

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    const char* kernel = argv[2];
    if (!nacomp::find_kernel(compiled_kernels(), kernel)) return 3;
    FILE* file = fopen(argv[1], "rb");
    if (!file) return 2;
    binary_output();
    int32_t given[5];
    while (fread(given, sizeof(int32_t), 5, file) == 5) {
        Settings settings;
        settings.profile = static_cast<Profile>(given[0]);
        settings.size = static_cast<uint64_t>(given[1]);
        settings.width = given[2];
        settings.pixel = given[3];
        settings.delimiter = given[4];
        settings.kernel = kernel;
        std::vector<uint8_t> bytes(static_cast<size_t>(given[1]));
        if (fread(bytes.data(), 1, bytes.size(), file) != bytes.size()) return 2;
        BlockEncoder block(settings);
        block.encode(bytes.data(), bytes.size());
        const std::vector<uint32_t> words = block.finish();
        fwrite(words.data(), sizeof(uint32_t), words.size(), stdout);
    }
    return 0;
}
