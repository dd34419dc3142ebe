// The dot products of the target: everything of a kernel that differs between instruction sets and is no lane.
//
// A file of them defines
//   Acc, Panel, Quad  the accumulator of 16 columns, 64 panel bytes (column, 4), four broadcast activations;
//   AElem, WElem      elements of activations and of attention weights; kPlanes, kPlaneShift how the latter split;
//   kMatrixFlip       what packed matrices and keys are stored XOR with;
//   bias_terms, kBiasPerSum  of each activation, and what their sum is multiplied by: where the accumulator starts, to undo
//                     what was done to matrices or activations; value_of: an activation of a row;
//   kProductRows, kProductBlocks, kScoreBlocks, kValueBlocks, kHeadRows: tile sizes that fit its registers.
#pragma once

#include "native/target.h"

#if defined(NACOMP_TARGET_SCALAR)
#include "dot_scalar-inl.h"
#elif defined(NACOMP_TARGET_AVX2)
#include "dot_avx2-inl.h"
#elif defined(NACOMP_TARGET_AVX512VNNI) || defined(NACOMP_TARGET_AMX)
#include "dot_avx512vnni-inl.h"
#elif defined(NACOMP_TARGET_NEONDOT)
#include "dot_neondot-inl.h"
#else
#include "dot_neon-inl.h"
#endif
