// The table of one kernel's functions; included last in each kernel_*.cpp, inside its unnamed namespace.
constexpr Kernel make_kernel(const char* name, bool (*runs_here)()) {
    return {name,          runs_here, sizeof(AElem), kPlanes,       sizeof(WElem), kMatrixFlip, norm_quantise,
            quantise,      quantise_head, rope,      silu_multiply, product,       attend};
}
