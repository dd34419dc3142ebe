#include "code.h"

#include <cstring>

#include "arithmetic.h"
#include "contexts.h"

namespace nacomp::mixing {

namespace {

// What follows each opcode. M ModRM; b, w, e, o immediates of 1, 2, 3, 8 bytes; z one of 4, behind 66 of 2; v like z, with REX.W of 8;
// m ModRM and b; Z ModRM and z; t, T ModRM and, where its reg is 0 or 1, b or z; r a target; . nothing. p is a prefix, R a REX prefix,
// E leads to the second map, S, V and X are VEX and EVEX prefixes.
const char kFirstMap[] =
    "MMMMbz..MMMMbz.E" "MMMMbz..MMMMbz.." "MMMMbzp.MMMMbzp." "MMMMbzp.MMMMbzp."
    "RRRRRRRRRRRRRRRR" "................" "..XMppppzZbm...." "bbbbbbbbbbbbbbbb"
    "mZmmMMMMMMMMMMMM" "................" "oooo....bz......" "bbbbbbbbvvvvvvvv"
    "mmw.VSmZe.w..b.." "MMMMbb..MMMMMMMM" "bbbbbbbbrr.b...." "p.pp..tT......MM";
const char kSecondMap[] =
    "MMMM.......M.M.." "MMMMMMMMMMMMMMMM" "MMMMMMMMMMMMMMMM" "................"
    "MMMMMMMMMMMMMMMM" "MMMMMMMMMMMMMMMM" "MMMMMMMMMMMMMMMM" "mmmmMMM.MMMMMMMM"
    "rrrrrrrrrrrrrrrr" "MMMMMMMMMMMMMMMM" "...MmM.....MmMMM" "MMMMMMMMMMmMMMMM"
    "MMmMmmmM........" "MMMMMMMMMMMMMMMM" "MMMMMMMMMMMMMMMM" "MMMMMMMMMMMMMMMM";
// Opcodes of the first map that no 64-bit code has, and 00, which is mostly a zero of data.
const uint8_t kUnlikely[] = {0x00, 0x06, 0x07, 0x0e, 0x16, 0x17, 0x1e, 0x1f, 0x27, 0x2f, 0x37,
                             0x3f, 0x60, 0x61, 0x82, 0x9a, 0xce, 0xd4, 0xd5, 0xd6, 0xea};

bool is_unlikely(uint32_t opcode) { return std::memchr(kUnlikely, static_cast<int>(opcode), sizeof kUnlikely) != nullptr; }

// Whether the middle bits of ModRM name an operation, not a register.
bool is_group(uint32_t map, uint32_t opcode) {
    return map == 0 && ((opcode >= 0x80 && opcode <= 0x83) || opcode == 0xc0 || opcode == 0xc1 || (opcode >= 0xd0 && opcode <= 0xd3) ||
                        opcode >= 0xf6);
}

}  // namespace

uint32_t Code::at() const {
    if (part_ < displacement) return part_;
    const uint32_t first = part_ == displacement ? 8 : part_ == immediate ? 13 : 21;
    return first + index_ + (size_ > 1);
}

void Code::next(Part part, uint32_t size) {
    part_ = part;
    size_ = size;
    index_ = 0;
    field = 0;
}

void Code::read(uint32_t byte) {
    if (part_ < displacement) now = combine(now + 1, byte);
    switch (part_) {
        case opening: read_opening(byte); break;
        case escaped:
            if (byte == 0x38 || byte == 0x3a) {
                map = byte == 0x38 ? 2 : 3;
                next(mapped);
            } else {
                read_opcode(byte);
            }
            break;
        case mapped: read_opcode(byte); break;
        case vex2: case vex3: case evex: read_vex(byte); break;
        case modrm: read_modrm(byte); break;
        case sib: read_sib(byte); break;
        case displacement: case immediate: case relative:
            field = combine(field + 1, byte);
            if (++index_ < size_) break;
            if (part_ == displacement) end_address();
            else end_instruction();
            break;
    }
}

void Code::read_opening(uint32_t byte) {
    switch (kFirstMap[byte]) {
        case 'p':
            short_ |= byte == 0x66;
            rough = combine(rough + 1, byte);
            break;
        case 'R':
            wide_ |= (byte & 8) != 0;
            rough = combine(rough + 1, byte & 8);
            break;
        case 'E':
            map = 1;
            next(escaped);
            break;
        case 'S':
            map = 1;
            next(vex2);
            break;
        case 'V': next(vex3, 2); break;
        case 'X': next(evex, 3); break;
        default: read_opcode(byte);
    }
}

void Code::read_vex(uint32_t byte) {
    if (part_ != vex2 && index_ == 0) map = byte & 3 ? byte & 3 : 1;
    if (++index_ == size_) next(mapped);
}

void Code::read_opcode(uint32_t byte) {
    opcode = byte;
    rough = combine(rough + 256 * map + 1, byte);
    const uint32_t usual = short_ ? 2 : 4;
    switch (map == 0 ? kFirstMap[byte] : map == 1 ? kSecondMap[byte] : map == 2 ? 'M' : 'm') {
        case 'M': case 't': case 'T': next(modrm); break;
        case 'm':
            value_ = 1;
            next(modrm);
            break;
        case 'Z':
            value_ = usual;
            next(modrm);
            break;
        case 'b': next(immediate, 1); break;
        case 'w': next(immediate, 2); break;
        case 'e': next(immediate, 3); break;
        case 'o': next(immediate, 8); break;
        case 'z': next(immediate, usual); break;
        case 'v': next(immediate, wide_ ? 8 : usual); break;
        case 'r': next(relative, 4); break;
        default: end_instruction();
    }
}

void Code::read_modrm(uint32_t byte) {
    const uint32_t mod = byte >> 6, reg = byte >> 3 & 7, rm = byte & 7;
    uint32_t kept = mod << 6;
    if (is_group(map, opcode)) kept |= reg << 3;
    if (mod != 3 && (rm == 4 || rm == 5)) kept |= rm;
    rough = combine(rough + 1, kept);
    address = mod << 3 | rm;
    if (map == 0 && (opcode == 0xf6 || opcode == 0xf7) && reg < 2) value_ = opcode == 0xf6 ? 1 : short_ ? 2 : 4;
    displaced_ = mod == 1 ? 1 : mod == 2 || address == kNoBase ? 4 : 0;
    if (mod != 3 && rm == 4) next(sib);
    else end_address();
}

void Code::read_sib(uint32_t byte) {
    if ((byte & 7) == 5 && address >> 3 == 0) displaced_ = 4;
    address = 32 | (address & 24) | (byte & 7);
    end_address();
}

// What comes behind ModRM and SIB, and behind a displacement.
void Code::end_address() {
    const uint32_t displaced = displaced_, value = value_;
    displaced_ = 0;
    if (displaced) return next(displacement, displaced);
    value_ = 0;
    if (value) next(immediate, value);
    else end_instruction();
}

void Code::end_instruction() {
    if (map == 0 && is_unlikely(opcode)) doubt = kDoubt;
    else if (doubt) doubt--;
    past[2] = combine(past[1], rough);
    past[1] = combine(past[0], rough);
    past[0] = combine(0, rough);
    last_now = now;
    now = rough = map = opcode = address = value_ = 0;
    short_ = wide_ = false;
    next(opening);
}

namespace {

// Both are one to one on all numbers of 32 bits: distances to places within the block take turns with those to places behind it.
int64_t absolute(int64_t distance, int64_t place, int64_t size) {
    if (distance < -place || distance >= size) return distance;
    return distance + place < size ? distance + place : distance - size;
}

int64_t distance_of(int64_t target, int64_t place, int64_t size) {
    if (target < -place || target >= size) return target;
    return target >= 0 ? target - place : target + size;
}

}  // namespace

// What an instruction is does not depend on its operands, so that both directions read the same instructions.
void turn_code(uint8_t* bytes, size_t size, bool forward) {
    Code code;
    for (size_t i = 0; i < size;) {
        if (!code.aims() || code.doubt || size - i < 4) {
            code.read(bytes[i++]);
            continue;
        }
        const int64_t place = static_cast<int64_t>(i) + 4 + code.behind(), all = static_cast<int64_t>(size);
        uint32_t found = 0;
        for (size_t k = 0; k < 4; k++) found |= static_cast<uint32_t>(bytes[i + k]) << (forward ? 8 * k : 24 - 8 * k);
        const int64_t given = static_cast<int32_t>(found);
        const uint32_t turned = static_cast<uint32_t>(forward ? absolute(given, place, all) : distance_of(given, place, all));
        for (size_t k = 0; k < 4; k++) bytes[i + k] = static_cast<uint8_t>(turned >> (forward ? 24 - 8 * k : 8 * k));
        for (size_t k = 0; k < 4; k++) code.read(bytes[i + k]);
        i += 4;
    }
}

void code_contexts(const Stream& s, const Followers& followers, const Settings& settings, ContextList list) {
    const uint32_t c4 = s.last4, c1 = c4 & 255;
    const Code& code = s.code;
    const uint32_t part = combine(code.at(), code.field);
    const uint32_t now = combine(code.now, part);
    add_orders(s, settings, list);
    list.add(combine(followers.of_pair[c4 & 0xffff] & 0xffff, c1));
    list.add(now);
    list.add(combine(now, code.past[0]));
    list.add(combine(now, code.past[1]));
    list.add(combine(combine(code.rough, part), code.past[2]));
    list.add(combine(part, code.address));
    list.add(combine(part, c1));
    list.add(combine(now, code.last_now));
}

}  // namespace nacomp::mixing
