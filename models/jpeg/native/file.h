// The segments of a JPEG file (ITU-T T.81, annex B), and the picture that they describe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <vector>

namespace nacomp::jpeg {

// What is no JPEG file, or none of those that are taken apart: baseline or progressive, Huffman codes, 8 bits a sample.
struct Unsuited : std::domain_error {
    using std::domain_error::domain_error;
};

constexpr int kCoefficients = 64;
constexpr int kMostComponents = 4;
constexpr size_t kMostBlocks = size_t{1} << 21;
constexpr size_t kMostScans = 64;

struct Huffman {
    int count[17] = {}, first_code[17] = {}, first_value[17] = {};  // by length
    uint8_t values[256] = {};
    uint16_t code[256] = {};
    uint8_t length[256] = {};  // by value; 0 where there is no code
};

struct Component {
    int id = 0, across = 0, down = 0, table = 0;  // sampling factors, number of the quantisation table
    int width = 0, height = 0;                    // blocks, in whole units of interleaved scans
    int own_width = 0, own_height = 0;            // blocks that the picture covers
    std::vector<int16_t> coefficients;            // (height, width, 64), row by row of a block's frequencies; see `allocate`
    int16_t* block(int x, int y) {
        return &coefficients[(static_cast<size_t>(y) * static_cast<size_t>(width) + static_cast<size_t>(x)) * kCoefficients];
    }
};

struct Scan {
    std::vector<int> components;    // their numbers in the frame
    std::vector<Huffman> dc, ac;    // of each
    int first = 0, last = 63, high = 0, low = 0;  // the band of coefficients in zigzag order, and the bits (annex G)
    int restart = 0;                // units between restart markers, or 0
};

struct Picture {
    bool progressive = false;
    int units_across = 0, units_down = 0;  // of interleaved scans
    std::vector<Component> components;
    uint16_t quantisation[4][kCoefficients] = {};  // row by row; 0 where there is no table
    size_t blocks() const;
    void allocate();  // room for the coefficients, all 0
};

// Reads segments one by one: `next_scan` gives the scan behind whose segment it stopped, or false at the end of the picture, which
// then has all that its coefficients need.
class Segments {
   public:
    // limit: of the blocks of the picture.
    Segments(const uint8_t* data, size_t size, size_t limit) : data_(data), size_(size), limit_(limit) {}
    bool next_scan(Picture& picture, Scan& scan);
    size_t at() const { return at_; }      // behind the last segment that was read
    void go_on(size_t at) { at_ = at; }

   private:
    void read(int marker, const uint8_t* body, size_t size, Picture& picture);
    void check_whole(const Picture& picture) const;
    Scan read_scan(const uint8_t* body, size_t size, const Picture& picture) const;
    const uint8_t* data_;
    size_t size_, limit_, at_ = 0, scans_ = 0;
    Huffman dc_[4], ac_[4];
    int restart_ = 0;
};

extern const uint8_t kZigzag[kCoefficients];

}  // namespace nacomp::jpeg
