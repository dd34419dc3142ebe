#include "scans.h"

#include <cstdlib>

#include "bits.h"

namespace nacomp::jpeg {
namespace {

constexpr int kMostRun = 0x7FFF;      // blocks in a run of ends
constexpr size_t kMostHeld = 937;     // correction bits that libjpeg holds back before it ends a run

int size_of(int value) {
    int size = 0;
    for (unsigned rest = static_cast<unsigned>(std::abs(value)); rest != 0; rest >>= 1) size++;
    return size;
}
int signed_of(int bits, int size) { return size > 0 && bits < 1 << (size - 1) ? bits - (1 << size) + 1 : bits; }
int bits_of(int value, int size) { return value < 0 ? value + (1 << size) - 1 : value; }
int16_t stored(int value) {
    if (value < -32767 || value > 32767) throw Unsuited("a coefficient out of range");
    return static_cast<int16_t>(value);
}

// Whether all coefficients but DC are 0: asked first, as a file may have 64 scans of blocks without any, at no cost to itself.
bool is_flat(const int16_t* q) {
    int16_t any = 0;
    for (int place = 1; place < kCoefficients; place++) any |= q[place];
    return any == 0;
}

// Every block of a scan in its order, and every restart between two of them.
template <typename Block, typename Restart>
void walk(Picture& picture, const Scan& scan, Block block, Restart restart) {
    int until = scan.restart;
    const auto unit = [&] {
        if (scan.restart > 0 && until-- == 0) {
            restart();
            until = scan.restart - 1;
        }
    };
    if (scan.components.size() == 1) {
        Component& component = picture.components[static_cast<size_t>(scan.components[0])];
        for (int y = 0; y < component.own_height; y++)
            for (int x = 0; x < component.own_width; x++) {
                unit();
                block(0, component.block(x, y));
            }
        return;
    }
    for (int row = 0; row < picture.units_down; row++)
        for (int column = 0; column < picture.units_across; column++) {
            unit();
            for (size_t i = 0; i < scan.components.size(); i++) {
                Component& component = picture.components[static_cast<size_t>(scan.components[i])];
                for (int v = 0; v < component.down; v++)
                    for (int h = 0; h < component.across; h++)
                        block(i, component.block(column * component.across + h, row * component.down + v));
            }
        }
}

class Reader {
   public:
    Reader(const Scan& scan, bool progressive, const uint8_t* at, const uint8_t* end)
        : scan_(scan), progressive_(progressive), bits_(at, end) {}
    void block(size_t i, int16_t* q) {
        if (!progressive_) {
            dc(i, q);
            whole(i, q);
        } else if (scan_.first == 0) {
            if (scan_.high == 0) dc(i, q);
            else if (bits_.bit()) q[0] = stored(q[0] | 1 << scan_.low);
        } else if (scan_.high == 0) {
            band(q);
        } else {
            refine(q);
        }
    }
    void restart(int& padding) {
        end(padding);
        bits_.pass_restart(restarts_++);
        for (int& dc : dc_) dc = 0;
    }
    const uint8_t* end(int& padding) {
        if (run_ > 0) throw Unsuited("a run of ends past the last block");
        bits_.pass_padding(padding);
        return bits_.at();
    }

   private:
    void dc(size_t i, int16_t* q) {
        const int size = bits_.symbol(scan_.dc[i]);
        if (size > 15) throw Unsuited("a DC coefficient out of range");
        dc_[i] += signed_of(bits_.bits(size), size);
        q[0] = stored(stored(dc_[i]) * (1 << scan_.low));
    }
    void whole(size_t i, int16_t* q) {
        for (int k = 1; k < kCoefficients;) {
            const int symbol = bits_.symbol(scan_.ac[i]), size = symbol & 15, run = symbol >> 4;
            if (size == 0 && run != 15) {
                if (run != 0) throw Unsuited("a run of ends in a baseline scan");
                return;
            }
            k += run;
            if (k >= kCoefficients) throw Unsuited("more coefficients than a block has");
            if (size > 0) q[kZigzag[k]] = stored(signed_of(bits_.bits(size), size));
            k++;
        }
    }
    void begin_run(int size) { run_ = (1 << size) + bits_.bits(size); }
    void band(int16_t* q) {
        if (run_ > 0) {
            run_--;
            return;
        }
        for (int k = scan_.first; k <= scan_.last; k++) {
            const int symbol = bits_.symbol(scan_.ac[0]), size = symbol & 15, run = symbol >> 4;
            if (size == 0 && run != 15) {
                begin_run(run);
                run_--;
                return;
            }
            k += run;
            if (k > scan_.last) throw Unsuited("more coefficients than a block has");
            if (size > 0) q[kZigzag[k]] = stored(signed_of(bits_.bits(size), size) * (1 << scan_.low));
        }
    }
    void correct(int16_t& value) {
        if (bits_.bit()) value = stored(value > 0 ? value + (1 << scan_.low) : value - (1 << scan_.low));
    }
    void refine(int16_t* q) {
        int k = scan_.first;
        for (; run_ == 0 && k <= scan_.last; k++) {
            const int symbol = bits_.symbol(scan_.ac[0]), size = symbol & 15;
            int run = symbol >> 4, fresh = 0;
            if (size == 0 && run != 15) {
                begin_run(run);
                break;
            }
            if (size > 1) throw Unsuited("a coefficient that begins with more than a bit");
            if (size == 1) fresh = bits_.bit() ? 1 << scan_.low : -(1 << scan_.low);
            for (; k <= scan_.last; k++) {
                int16_t& value = q[kZigzag[k]];
                if (value != 0) correct(value);
                else if (run-- == 0) break;
            }
            if (k > scan_.last) throw Unsuited("more coefficients than a block has");
            q[kZigzag[k]] = static_cast<int16_t>(fresh);
        }
        if (run_ == 0) return;
        run_--;
        if (is_flat(q)) return;
        for (; k <= scan_.last; k++)
            if (q[kZigzag[k]] != 0) correct(q[kZigzag[k]]);
    }
    const Scan& scan_;
    bool progressive_;
    BitReader bits_;
    int dc_[kMostComponents] = {}, run_ = 0, restarts_ = 0;
};

class Writer {
   public:
    Writer(const Scan& scan, bool progressive, int padding, std::vector<uint8_t>& out, size_t limit)
        : scan_(scan), progressive_(progressive), padding_(padding), bits_(out, limit) {}
    void block(size_t i, const int16_t* q) {
        if (!progressive_) {
            dc(i, q[0]);
            whole(i, q);
        } else if (scan_.first == 0) {
            if (scan_.high == 0) dc(i, q[0] >> scan_.low);
            else bits_.bits(q[0] >> scan_.low & 1, 1);
        } else if (scan_.high == 0) {
            band(q);
        } else {
            refine(q);
        }
    }
    void restart() {
        end();
        bits_.restart(restarts_++);
        for (int& dc : dc_) dc = 0;
    }
    void end() {
        end_run();
        bits_.pad(padding_);
    }

   private:
    void dc(size_t i, int value) {
        const int difference = value - dc_[i], size = size_of(difference);
        dc_[i] = value;
        bits_.symbol(scan_.dc[i], size);
        bits_.bits(bits_of(difference, size), size);
    }
    void pass(const Huffman& table, int& run) {
        for (; run > 15; run -= 16) bits_.symbol(table, 0xF0);
    }
    void whole(size_t i, const int16_t* q) {
        int run = 0;
        for (int k = 1; k < kCoefficients; k++) {
            const int value = q[kZigzag[k]], size = size_of(value);
            if (value == 0) {
                run++;
                continue;
            }
            if (size > 15) throw Unsuited("a coefficient out of range");
            pass(scan_.ac[i], run);
            bits_.symbol(scan_.ac[i], run << 4 | size);
            bits_.bits(bits_of(value, size), size);
            run = 0;
        }
        if (run > 0) bits_.symbol(scan_.ac[i], 0);
    }
    int shown(int16_t value) const { return std::abs(value) >> scan_.low; }
    void end_run() {
        if (run_ > 0) {
            const int size = size_of(run_) - 1;
            bits_.symbol(scan_.ac[0], size << 4);
            bits_.bits(run_ & ((1 << size) - 1), size);
        }
        run_ = 0;
        corrections(held_);
    }
    void corrections(std::vector<uint8_t>& held) {
        for (uint8_t bit : held) bits_.bits(bit, 1);
        held.clear();
    }
    void lengthen_run() {
        if (++run_ == kMostRun || held_.size() > kMostHeld) end_run();
    }
    void band(const int16_t* q) {
        if (is_flat(q)) return lengthen_run();
        int run = 0;
        for (int k = scan_.first; k <= scan_.last; k++) {
            const int value = shown(q[kZigzag[k]]), size = size_of(value);
            if (value == 0) {
                run++;
                continue;
            }
            if (size > 15) throw Unsuited("a coefficient out of range");
            end_run();
            pass(scan_.ac[0], run);
            bits_.symbol(scan_.ac[0], run << 4 | size);
            bits_.bits(bits_of(q[kZigzag[k]] < 0 ? -value : value, size), size);
            run = 0;
        }
        if (run > 0) lengthen_run();
    }
    void refine(const int16_t* q) {
        if (is_flat(q)) return lengthen_run();
        int last = 0;  // that begins in this scan
        for (int k = scan_.first; k <= scan_.last; k++)
            if (shown(q[kZigzag[k]]) == 1) last = k;
        std::vector<uint8_t> own;
        int run = 0;
        for (int k = scan_.first; k <= scan_.last; k++) {
            const int value = shown(q[kZigzag[k]]);
            if (value == 0) {
                run++;
                continue;
            }
            for (; run > 15 && k <= last; run -= 16) {
                end_run();
                bits_.symbol(scan_.ac[0], 0xF0);
                corrections(own);
            }
            if (value > 1) {
                own.push_back(static_cast<uint8_t>(value & 1));
                continue;
            }
            end_run();
            bits_.symbol(scan_.ac[0], run << 4 | 1);
            bits_.bits(q[kZigzag[k]] < 0 ? 0 : 1, 1);
            corrections(own);
            run = 0;
        }
        if (run == 0 && own.empty()) return;
        held_.insert(held_.end(), own.begin(), own.end());
        lengthen_run();
    }
    const Scan& scan_;
    bool progressive_;
    int padding_;
    BitWriter bits_;
    int dc_[kMostComponents] = {}, run_ = 0, restarts_ = 0;
    std::vector<uint8_t> held_;  // correction bits behind the run of ends
};

}  // namespace

const uint8_t* read_scan(Picture& picture, const Scan& scan, const uint8_t* at, const uint8_t* end, int& padding) {
    Reader reader(scan, picture.progressive, at, end);
    walk(picture, scan, [&](size_t i, int16_t* q) { reader.block(i, q); }, [&] { reader.restart(padding); });
    return reader.end(padding);
}

void write_scan(Picture& picture, const Scan& scan, int padding, std::vector<uint8_t>& out, size_t limit) {
    Writer writer(scan, picture.progressive, padding, out, limit);
    walk(picture, scan, [&](size_t i, int16_t* q) { writer.block(i, q); }, [&] { writer.restart(); });
    writer.end();
}

}  // namespace nacomp::jpeg
