// Machine code of x86-64 as the code profile reads it (formats/MIXING.md, section 11): which part of an instruction comes next, and
// what the instructions before it were. Nothing is refused, so that tables between the functions pass as well.
#pragma once

#include <cstddef>
#include <cstdint>

namespace nacomp::mixing {

class Code {
   public:
    // The parts of an instruction. Opcodes behind 0F are `escaped`, those whose map a prefix has named are `mapped`.
    enum Part : uint8_t { opening, escaped, mapped, vex2, vex3, evex, modrm, sib, displacement, immediate, relative };

    void read(uint32_t byte);
    // The part that the coming byte belongs to, and which byte of it: 0 to 25.
    uint32_t at() const;
    // Whether the coming four bytes are the distance of a target from the instruction's end.
    bool aims() const { return index_ == 0 && (part_ == relative || (part_ == displacement && size_ == 4 && address == kNoBase)); }
    // Bytes of the instruction behind its displacement.
    uint32_t behind() const { return part_ == displacement ? value_ : 0; }

    uint32_t map = 0, opcode = 0;              // of this instruction, 0 until they are known
    uint32_t address = 0;                      // what its ModRM and SIB bytes say of a base
    uint32_t now = 0, rough = 0, field = 0;    // hashes: this instruction without operands, without registers, this operand so far
    uint32_t last_now = 0, past[3] = {};       // hashes: the last instruction, and the last one, two, three without registers
    uint32_t doubt = kDoubt;                   // instructions still to come before this is taken for code

   private:
    static constexpr uint32_t kNoBase = 5;     // mod 0, rm 5: an address relative to the instruction's end
    static constexpr uint32_t kDoubt = 32;
    void next(Part part, uint32_t size = 1);
    void read_opening(uint32_t byte);
    void read_opcode(uint32_t byte);
    void read_vex(uint32_t byte);
    void read_modrm(uint32_t byte);
    void read_sib(uint32_t byte);
    void end_address();
    void end_instruction();

    Part part_ = opening;
    uint32_t index_ = 0, size_ = 1;            // bytes of this part so far; bytes of this part
    uint32_t displaced_ = 0, value_ = 0;       // bytes of the displacement and of the immediate that are still to come
    bool short_ = false, wide_ = false;        // behind 66; with REX.W
};

// Relative targets to absolute ones, highest byte first, or back.
void turn_code(uint8_t* bytes, size_t size, bool forward);

}  // namespace nacomp::mixing
