// Which groups of four positions have any weight; for instruction sets without a compressing store. Like steps.h,
// included inside a kernel's unnamed namespace.

// Groups [begin, end) in which any of R heads has a weight.
template <int R>
inline int collect_groups(const WElem* w, int slots, int begin, int end, uint32_t* groups) {
    int count = 0;
    for (int g = begin; g < end; g++) {
        uint64_t any = 0;
        NACOMP_UNROLL
        for (int r = 0; r < R; r++) {
            uint64_t four = 0;
            memcpy(&four, w + static_cast<size_t>(r) * slots + g * 4, 4 * sizeof(WElem));
            any |= four;
        }
        groups[count] = g;
        count += any != 0;
    }
    return count;
}
