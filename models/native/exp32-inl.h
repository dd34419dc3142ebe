// The exponential of both cores (NUMERICS 3), over 16 lanes, for x <= 0. Its readable twin is models/exp32.py.
#pragma once

#include "lanes-inl.h"

NACOMP_TARGET_BEGIN
namespace nacomp::NACOMP_TARGET {
namespace {

inline F exp32(F x) {
    F low = f_set(-87.0f);
    F y = f_max(x, low);
    F n = f_rint(f_mul(y, f_set(1.44269504f)));
    F r = f_sub(y, f_mul(n, f_set(0.693359375f)));
    r = f_sub(r, f_mul(n, f_set(-2.12194440e-4f)));
    F p = f_set(1.9875691500e-4f);
    p = f_add(f_mul(p, r), f_set(1.3981999507e-3f));
    p = f_add(f_mul(p, r), f_set(8.3334519073e-3f));
    p = f_add(f_mul(p, r), f_set(4.1665795894e-2f));
    p = f_add(f_mul(p, r), f_set(1.6666665459e-1f));
    p = f_add(f_mul(p, r), f_set(5.0000001201e-1f));
    p = f_add(f_mul(p, f_mul(r, r)), r);
    p = f_add(p, f_set(1.0f));
    return f_zero_if_less(f_scale2(p, n), x, low);
}

}  // namespace
}  // namespace nacomp::NACOMP_TARGET
NACOMP_TARGET_END
