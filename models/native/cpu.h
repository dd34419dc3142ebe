// What this processor can run, operating system support included: one question for each target of target.h.
#pragma once

namespace nacomp {

bool runs_scalar();
bool runs_avx2();
bool runs_avx512();
bool runs_avx512vnni();
// Asks the system for the tile registers, once for the process.
bool runs_amx();
bool runs_neon();
bool runs_neondot();

}  // namespace nacomp
