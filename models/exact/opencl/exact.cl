// The forward pass of formats/NUMERICS.md, sections 2 to 8, as OpenCL C 1.2: one kernel a step, chained by `session.py`.
//
// Every float operation is rounded on its own: contraction is off here, division and square root are demanded correctly
// rounded when this is built. Sums of floats go in the page's lanes, whatever the size of a group; all else that is summed
// or compared across work-items is an integer, so that its order shows nowhere. Angles come from the host: they need f64,
// which small devices lack.
//
// A row of int8 values is padded to whole words of four with zeros, which add nothing to a product.
//
// Rows of several blocks may share a launch. `bad` has a place for each row, where a value that overflows is noted: the others'
// rows are as good as ever.
#pragma OPENCL FP_CONTRACT OFF

#define GROUP 64
#define LANES 16
// Rows and words of activations that a group multiplies at a time.
#define TILE_ROWS 8
#define TILE_WORDS 64
#define SIGN 0x80000000u
#define INFINITE 0x7f800000u

// What a call says: numbers of rows, then arrays of `most` each. See session.py.
#define CALL_ROWS 0
#define CALL_HEADER 4
#define STREAM(row) call[CALL_HEADER + (row)]
#define TOKEN(row) call[CALL_HEADER + most + (row)]
#define POSITION(row) call[CALL_HEADER + 2 * most + (row)]
#define WANTED(row) call[CALL_HEADER + 3 * most + (row)]

// Four products of int8, added to an int32. NVIDIA's compiler lacks the extension, and takes the instruction by its name.
#ifdef NVIDIA_DOT
#define PACKED_DOT
int dot4(int a, int b, int sum) {
    int result;
    asm("dp4a.s32.s32 %0, %1, %2, %3;" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
    return result;
}
#elif defined(PACKED_DOT)
int dot4(int a, int b, int sum) { return sum + dot_4x8packed_ss_int(as_uint(a), as_uint(b)); }
#else
int dot4(int a, int b, int sum) {
    char4 x = as_char4(a), y = as_char4(b);
    return sum + x.s0 * y.s0 + x.s1 * y.s1 + x.s2 * y.s2 + x.s3 * y.s3;
}
#endif

// Whether it is right: asked when this is built.
kernel void probe_dot(global const int* a, global const int* b, global int* results) {
    int i = get_global_id(0);
    results[i] = dot4(a[i], b[i], i);
}

// Bits of |x|: they order like the magnitudes do, and infinity and NaN are above all numbers.
uint magnitude(float x) { return as_uint(x) & ~SIGN; }

uint group_max(uint value, local uint* scratch) {
    int id = get_local_id(0);
    scratch[id] = value;
    barrier(CLK_LOCAL_MEM_FENCE);
    uint some = 0;
    for (int i = 0; i < 8; i++) some = max(some, scratch[(id & 7) * 8 + i]);
    barrier(CLK_LOCAL_MEM_FENCE);
    scratch[id] = some;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int i = 0; i < 8; i++) some = max(some, scratch[i]);
    barrier(CLK_LOCAL_MEM_FENCE);
    return some;
}

int group_sum(int value, local int* scratch) {
    int id = get_local_id(0);
    scratch[id] = value;
    barrier(CLK_LOCAL_MEM_FENCE);
    int some = 0, sum = 0;
    for (int i = 0; i < 8; i++) some += scratch[(id & 7) * 8 + i];
    barrier(CLK_LOCAL_MEM_FENCE);
    scratch[id] = some;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int i = 0; i < 8; i++) sum += scratch[i];
    barrier(CLK_LOCAL_MEM_FENCE);
    return sum;
}

// Section 6: c of rmsnorm. Sixteen work-items are the lanes of section 2.
float norm_factor(global const float* x, int n, float eps, local float* lanes) {
    int id = get_local_id(0);
    if (id < LANES) {
        float sum = 0.0f;
        for (int i = id; i < n; i += LANES) sum = sum + x[i] * x[i];
        lanes[id] = sum;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    float s[8];
    for (int j = 0; j < 8; j++) s[j] = lanes[j] + lanes[j + 8];
    for (int j = 0; j < 4; j++) s[j] = s[j] + s[j + 4];
    for (int j = 0; j < 2; j++) s[j] = s[j] + s[j + 2];
    barrier(CLK_LOCAL_MEM_FENCE);
    float mean = (s[0] + s[1]) / (float)n;
    return 1.0f / sqrt(mean + eps);
}

float exp32(float x) {
    float n = rint(x * 1.44269504f);
    float r = x - n * 0.693359375f;
    r = r - n * -2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = (p * (r * r)) + r;
    p = p + 1.0f;
    // Where x is below the bound, n is not a number that an exponent could move by.
    int move = x < -87.0f ? 0 : (int)n;
    float moved = as_float(as_int(p) + (move << 23));
    return x < -87.0f ? 0.0f : moved;
}

float sigmoid(float x) {
    float e = exp32(-fabs(x));
    return (x >= 0.0f ? 1.0f : e) / (1.0f + e);
}

float gate_of(float x, int gelu) {
    float bend = (1.5957691216f * x) * (1.0f + (0.044715f * (x * x)));
    return x * sigmoid(gelu ? bend : x);
}

// Section 4, of a row whose largest magnitude is known: 1 / step, and the step itself. `bad` is the row's place.
float steps_of(uint most, float* scale, global int* bad) {
    if (most >= INFINITE) *bad = 1;
    float a = as_float(most);
    float inverse = 127.0f / a;
    bool usable = magnitude(inverse) < INFINITE;
    *scale = usable ? a / 127.0f : 0.0f;
    return usable ? inverse : 0.0f;
}

char quantised(float x, float inverse) {
    return (char)(int)fmin(fmax(rint(x * inverse), -127.0f), 127.0f);
}

// Section 5: a row in one plane or two. Each work-item has written its own values of y, and reads no others.
void quantise_row(global float* y, int n, uint largest, global char* q, global float* scale, int row, int stride, int most,
                  int planes, local uint* scratch, global int* bad) {
    for (int plane = 0; plane < planes; plane++) {
        float step;
        float inverse = steps_of(group_max(largest, scratch), &step, bad);
        size_t at = (size_t)plane * most + row;
        if (get_local_id(0) == 0) scale[at] = step;
        largest = 0;
        for (int i = get_local_id(0); i < n; i += GROUP) {
            char value = quantised(y[i], inverse);
            q[at * stride + i] = value;
            float rest = y[i] - ((float)value * step);
            y[i] = rest;
            largest = max(largest, magnitude(rest));
        }
    }
}

// x[row] = embedding of its token; the packed matrix has word k of token t at k * columns + t.
kernel void embed(global const int* call, int most, global const char* words, global const float* scale, int columns,
                  int width, float multiplier, global float* x, global int* bad) {
    int row = get_group_id(0), token = TOKEN(row);
    if (get_local_id(0) == 0) bad[row] = 0;
    for (int i = get_local_id(0); i < width; i += GROUP) {
        char q = words[((size_t)(i >> 2) * columns + token) * 4 + (i & 3)];
        x[(size_t)row * width + i] = ((float)q * scale[token]) * multiplier;
    }
}

// Rows through a norm, quantised. `picked`: of the wanted rows instead of all.
kernel void norm_rows(global const int* call, int most, int picked, global const float* x, global const float* weight, int n,
                      float eps, global float* y, global char* q, global float* scale, int stride, int planes,
                      global int* bad) {
    local uint scratch[GROUP];
    local float lanes[LANES];
    int row = get_group_id(0), fed = picked ? WANTED(row) : row;
    x += (size_t)fed * n;
    y += (size_t)row * n;
    float c = norm_factor(x, n, eps, lanes);
    uint largest = 0;
    for (int i = get_local_id(0); i < n; i += GROUP) {
        y[i] = (x[i] * c) * weight[i];
        largest = max(largest, magnitude(y[i]));
    }
    quantise_row(y, n, largest, q, scale, row, stride, most, planes, scratch, bad + fed);
}

// Rows as they are, quantised; y is used up.
kernel void quantise_rows(int most, global float* y, int n, global char* q, global float* scale, int stride, int planes,
                          global int* bad) {
    local uint scratch[GROUP];
    int row = get_group_id(0);
    y += (size_t)row * n;
    uint largest = 0;
    for (int i = get_local_id(0); i < n; i += GROUP) largest = max(largest, magnitude(y[i]));
    quantise_row(y, n, largest, q, scale, row, stride, most, planes, scratch, bad + row);
}

// Rows (gate, up) of 2n values: gate(g) * u, quantised; y is used up.
kernel void gate_rows(int most, global float* y, int y_stride, int n, int gelu, global char* q, global float* scale,
                      int stride, int planes, global int* bad) {
    local uint scratch[GROUP];
    int row = get_group_id(0);
    y += (size_t)row * y_stride;
    uint largest = 0;
    for (int i = get_local_id(0); i < n; i += GROUP) {
        y[i] = gate_of(y[i], gelu) * y[n + i];
        largest = max(largest, magnitude(y[i]));
    }
    quantise_row(y, n, largest, q, scale, row, stride, most, planes, scratch, bad + row);
}

// x = x + rmsnorm(y)
kernel void add_normed(global const float* y, int y_stride, global const float* weight, int n, float eps, global float* x) {
    local float lanes[LANES];
    int row = get_group_id(0);
    y += (size_t)row * y_stride;
    x += (size_t)row * n;
    float c = norm_factor(y, n, eps, lanes);
    for (int i = get_local_id(0); i < n; i += GROUP) x[i] = x[i] + (y[i] * c) * weight[i];
}

// Eight rows of activations side by side, for one word of the input or, without the instruction, for each of its bytes.
#ifdef PACKED_DOT
#define TILE_PARTS 1
void put_word(local int* tile, int k, int row, int word) { tile[k * TILE_ROWS + row] = word; }
int8 dot_rows(int w, local const int8* tile, int k, int8 sum) {
    int8 a = tile[k];
    sum.s0 = dot4(w, a.s0, sum.s0);
    sum.s1 = dot4(w, a.s1, sum.s1);
    sum.s2 = dot4(w, a.s2, sum.s2);
    sum.s3 = dot4(w, a.s3, sum.s3);
    sum.s4 = dot4(w, a.s4, sum.s4);
    sum.s5 = dot4(w, a.s5, sum.s5);
    sum.s6 = dot4(w, a.s6, sum.s6);
    sum.s7 = dot4(w, a.s7, sum.s7);
    return sum;
}
#else
#define TILE_PARTS 4
void put_word(local int* tile, int k, int row, int word) {
    char4 q = as_char4(word);
    tile += k * 4 * TILE_ROWS + row;
    tile[0] = q.s0;
    tile[TILE_ROWS] = q.s1;
    tile[2 * TILE_ROWS] = q.s2;
    tile[3 * TILE_ROWS] = q.s3;
}
int8 dot_rows(int w, local const int8* tile, int k, int8 sum) {
    char4 q = as_char4(w);
    tile += k * 4;
    return sum + (int)q.s0 * tile[0] + (int)q.s1 * tile[1] + (int)q.s2 * tile[2] + (int)q.s3 * tile[3];
}
#endif

// Section 5: y (+)= rows x matrix. A group has 64 outputs of 8 rows; the packed matrix has word k of output n at
// k * columns + n, so that neighbours read neighbours, and is filled up to whole groups. `counted` says where the call has
// the number of rows.
kernel void product(global const int* call, int counted, global const int* q, global const float* scale, int most, int planes,
                    global const int* words, global const float* weight_scale, int outputs, int columns, int depth,
                    global float* y, int y_stride, int add, int check, global int* bad) {
    local int8 tile[TILE_WORDS * TILE_PARTS];
    int id = get_local_id(0), rows = call[counted];
    int column = get_group_id(0) * GROUP + id, first = get_group_id(1) * TILE_ROWS;
    float result[TILE_ROWS];
    for (int plane = 0; plane < planes; plane++) {
        int8 sum = 0;
        for (int start = 0; start < depth; start += TILE_WORDS) {
            for (int i = id / TILE_ROWS; i < TILE_WORDS; i += GROUP / TILE_ROWS) {
                int row = id % TILE_ROWS;
                bool inside = first + row < rows && start + i < depth;
                size_t at = ((size_t)plane * most + first + row) * depth + start + i;
                put_word((local int*)tile, i, row, inside ? q[at] : 0);
            }
            barrier(CLK_LOCAL_MEM_FENCE);
            int count = min(TILE_WORDS, depth - start);
            for (int k = 0; k < count; k++) sum = dot_rows(words[(size_t)(start + k) * columns + column], tile, k, sum);
            barrier(CLK_LOCAL_MEM_FENCE);
        }
        int sums[TILE_ROWS] = {sum.s0, sum.s1, sum.s2, sum.s3, sum.s4, sum.s5, sum.s6, sum.s7};
        for (int r = 0; r < TILE_ROWS; r++) {
            float s = first + r < rows ? scale[(size_t)plane * most + first + r] : 0.0f;
            float value = ((float)sums[r] * s) * weight_scale[column];
            result[r] = plane ? result[r] + value : value;
        }
    }
    if (column >= outputs) return;
    for (int r = 0; r < TILE_ROWS && first + r < rows; r++) {
        global float* place = y + (size_t)(first + r) * y_stride + column;
        if (check && magnitude(result[r]) >= INFINITE) bad[WANTED(first + r)] = 1;
        *place = add ? *place + result[r] : result[r];
    }
}

// Pair j of a head, turned by an angle of this table (pair, 2) of cosines and sines; dimensions past the pairs stay.
float2 turned(global const float* x, int j, int pairs, global const float* angles) {
    float2 v = vload2(j, x);
    if (j >= pairs) return v;
    float c = angles[2 * j], s = angles[2 * j + 1];
    return (float2)((v.x * c) - (v.y * s), (v.x * s) + (v.y * c));
}

uint largest_of(float2 v) { return max(magnitude(v.x), magnitude(v.y)); }

// Where a position lies: sinks first, then a ring.
int slot_of(int position, int sinks, int ring) {
    return position < sinks ? position : sinks + (position - sinks) % ring;
}

// One head of queries, keys or values of a row: bias, norm, turn, quantise; keys and values go into the cache. Heads are
// numbered queries, keys, values. Bits of `parts`: 1 biases, 2 head norms.
kernel void finish_heads(global const int* call, int most, global float* wide, int wide_stride, global const float* bias,
                         global const float* query_norm, global const float* key_norm, int parts, float eps,
                         global const float* angles, global const float* sink_angles, int pairs, int heads, int kv_heads,
                         int d, int d_padded, float score_factor, int window, int sinks, int ring, global char* queries,
                         global float* query_scale, global char* keys, global float* key_scale, global char* values,
                         global float* value_scale, global int* bad) {
    local uint scratch[GROUP];
    local float lanes[LANES];
    int id = get_local_id(0), each = heads + 2 * kv_heads;
    int row = get_group_id(0) / each, head = get_group_id(0) % each;
    bool is_query = head < heads, is_value = head >= heads + kv_heads;
    global float* x = wide + (size_t)row * wide_stride + (size_t)head * d;
    if (parts & 1)
        for (int i = id; i < d; i += GROUP) x[i] = x[i] + bias[head * d + i];
    barrier(CLK_GLOBAL_MEM_FENCE);
    bool normed = (parts & 2) && !is_value;
    global const float* weight = is_query ? query_norm : key_norm;
    float c = norm_factor(x, normed ? d : 0, eps, lanes);
    if (normed)
        for (int i = id; i < d; i += GROUP) x[i] = (x[i] * c) * weight[i];
    barrier(CLK_GLOBAL_MEM_FENCE);

    // A query past the window is turned a second time, for the sinks.
    int position = POSITION(row), turned_pairs = is_value ? 0 : pairs;
    int versions = is_query && position >= window ? 2 : 1;
    angles += (size_t)row * pairs * 2;
    uint own = 0, other = 0;
    for (int j = id; j < d / 2; j += GROUP) {
        own = max(own, largest_of(turned(x, j, turned_pairs, angles)));
        if (versions == 2) other = max(other, largest_of(turned(x, j, turned_pairs, sink_angles)));
    }
    own = group_max(own, scratch);
    other = group_max(other, scratch);

    int slot = slot_of(position, sinks, ring), slots = sinks + ring;
    size_t place = (size_t)STREAM(row) * kv_heads + (head - heads) % kv_heads;
    for (int version = 0; version < versions; version++) {
        float step;
        float inverse = steps_of(version ? other : own, &step, bad + row);
        size_t query = ((size_t)version * most + row) * heads + head;
        if (id == 0) {
            if (is_query) query_scale[query] = step * score_factor;
            else (is_value ? value_scale : key_scale)[place * slots + slot] = step;
        }
        for (int j = id; j < d / 2; j += GROUP) {
            float2 v = turned(x, j, turned_pairs, version ? sink_angles : angles);
            char2 pair = (char2)(quantised(v.x, inverse), quantised(v.y, inverse));
            if (is_query) vstore2(pair, j, queries + query * d_padded);
            else if (is_value) vstore2(pair, j, values + (place * slots + slot) * d_padded);
            else vstore2(pair, j & 1, keys + ((place * (d_padded / 4) + j / 2) * slots + slot) * 4);
        }
    }
}

// A float as a number that orders as it does; NaN is above all.
uint ordered(float x) {
    uint bits = as_uint(x);
    if ((bits & ~SIGN) > INFINITE) return ~0u;
    return bits & SIGN ? ~bits : bits | SIGN;
}
float unordered(uint key) { return as_float(key & SIGN ? key & ~SIGN : ~key); }

// Section 8 for one row and query head. Keys: (stream, kv head, word of the head, slot); values: (stream, kv head, slot,
// padded head). `span` is 0 but in local layers with a window.
kernel void attend(global const int* call, int most, global const int* queries, global const float* query_scale,
                   global const int* keys, global const float* key_scale, global const char* values,
                   global const float* value_scale, int heads, int kv_heads, int d, int d_words, int window, int sinks,
                   int ring, int span, local float* scores, global float* mixed, global int* bad) {
    local uint scratch[GROUP];
    local int4 partial[GROUP];
    int id = get_local_id(0), row = get_group_id(0) / heads, head = get_group_id(0) % heads;
    int position = POSITION(row), slots = sinks + ring;
    size_t place = (size_t)STREAM(row) * kv_heads + head / (heads / kv_heads);
    keys += place * d_words * slots;
    values += place * slots * d_words * 4;
    key_scale += place * slots;
    value_scale += place * slots;

    // What is seen: sinks from..upto, then positions first..position.
    bool past = position >= window && !span;
    int from = 0, upto = min(sinks, position + 1), first = past ? position - (window - sinks) + 1 : sinks;
    if (span) {
        first = max(0, position - min(span, window - sinks) + 1);
        from = min(first, upto);
        first = max(first, sinks);
    }
    int sunk = upto - from, start = (first - sinks) % ring;
    int seen = sunk + max(0, position - first + 1);
    // Slot of the t-th of them.
#define SLOT(t) ((t) < sunk ? from + (t) : sinks + (start + (t) - sunk) % ring)

    uint top = 0;
    for (int t = id; t < seen; t += GROUP) {
        int slot = SLOT(t);
        size_t query = ((size_t)(past && t < sunk) * most + row) * heads + head;
        int sum = 0;
        for (int i = 0; i < d_words; i++) sum = dot4(keys[(size_t)i * slots + slot], queries[query * d_words + i], sum);
        float score = ((float)sum * query_scale[query]) * key_scale[slot];
        scores[t] = score;
        top = max(top, ordered(score));
    }
    float m = unordered(group_max(top, scratch));
    if (magnitude(m) >= INFINITE) bad[row] = 1;

    int total = 0;
    uint largest = 0;
    for (int t = id; t < seen; t += GROUP) {
        float e = exp32(scores[t] - m);
        total += (int)rint(e * 262144.0f);
        float a = e * value_scale[SLOT(t)];
        scores[t] = a;
        largest = max(largest, magnitude(a));
    }
    total = group_sum(total, (local int*)scratch);
    float a = as_float(group_max(largest, scratch));
    float factor = 4095.0f / a;
    bool usable = magnitude(factor) < INFINITE;
    float c = usable ? (a / 4095.0f) / ((float)total * 3.814697265625e-6f) : 0.0f;
    local int* weights = (local int*)scores;
    for (int t = id; t < seen; t += GROUP) weights[t] = usable ? (int)rint(scores[t] * factor) : 0;
    barrier(CLK_LOCAL_MEM_FENCE);

    mixed += ((size_t)row * heads + head) * d;
    for (int base = 0; base < d_words; base += GROUP) {
        int across = min(d_words - base, GROUP), slices = GROUP / across;
        int word = base + id % across, slice = id / across;
        int4 sum = 0;
        if (slice < slices)
            for (int t = slice; t < seen; t += slices)
                sum += weights[t] * convert_int4(vload4((size_t)SLOT(t) * d_words + word, values));
        partial[id] = sum;
        barrier(CLK_LOCAL_MEM_FENCE);
        if (id < across) {
            for (int s = 1; s < slices; s++) sum += partial[id + s * across];
            float out[4] = {(float)sum.s0 * c, (float)sum.s1 * c, (float)sum.s2 * c, (float)sum.s3 * c};
            for (int i = 0; i < 4 && word * 4 + i < d; i++) mixed[word * 4 + i] = out[i];
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
}

// For the self-test: single operations on pairs, six results each.
kernel void probe(global const float* a, global const float* b, global float* results) {
    int i = get_global_id(0), n = get_global_size(0);
    float x = a[i], y = b[i];
    results[i] = x * y + x;
    results[n + i] = x - y * 0.693359375f;
    results[2 * n + i] = x / y;
    results[3 * n + i] = sqrt(fabs(x));
    results[4 * n + i] = rint(x);
    results[5 * n + i] = x + y;
}
