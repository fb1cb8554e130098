// The forward pass of Llama and its kin over 8-bit weights, for processors with AVX2, AVX-VNNI or AVX-512 VNNI.
//
// Weights and activations are signed bytes, each GROUP of columns with a scale of its own, as in llama.cpp's Q8_0;
// keys and values are 16-bit floats; all else is 32-bit. Plain C functions: Python calls them through ctypes, so
// the library needs no header and no version of torch. Built by `python -m installer.native`.
//
// A matrix lies in blocks of 16 rows; in a block, four columns of all 16 rows follow one another, 64 bytes that
// one instruction takes. Bytes are stored plus 128, as the instruction wants one side unsigned.

#include <immintrin.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "pool.h"

namespace {

constexpr int GROUP = 32;
constexpr int TOKENS = 8;

struct Matrix {
  const uint8_t* weights;
  const uint16_t* scales;
  int32_t rows, columns;
};

struct Layer {
  const float *before_attention, *before_mlp;
  const float *bias, *query_norm, *key_norm;  // of qkv, and norms of each head; null where an architecture has none
  int32_t turn;                               // which frequencies of the shape turn its questions and keys
  Matrix qkv, out, gate_up, down;
};

struct Shape {
  int32_t layers, width, heads, kv_heads, head_width, inner, turns;
  float epsilon;
  const double* frequencies;  // radians a token, (turns, head_width / 2)
  int qkv_rows() const { return (heads + 2 * kv_heads) * head_width; }
  int mixed() const { return heads * head_width; }
};

// Keys and values with room for so many tokens: of all layers, or of one.
struct Room {
  uint16_t *keys, *values;
  int32_t tokens;
  Room of(const Shape& shape, int layer) const {
    const size_t size = size_t(layer) * shape.kv_heads * tokens * shape.head_width;
    return {keys + size, values + size, tokens};
  }
};

// Tokens of one text that are read at once, the first at place `start`. Keys and values of its first `shared` places, a
// multiple of 16, lie in `before`, where texts that begin alike share them; those of the others in `own`.
struct Stretch {
  Room before, own;
  int32_t start, count, shared;
};

template <typename T>
void grow(std::vector<T>& what, size_t size) {
  if (what.size() < size) what.resize(size);
}

// Rows as signed bytes, with a scale and the sum of each group. TOKENS rows lie together, four columns of each after
// one another, so that a tile is read from one place.
struct Bytes {
  int columns = 0;
  mutable std::vector<int8_t> bytes;
  mutable std::vector<float> scales;
  mutable std::vector<int32_t> sums;
  void prepare(int widest, int count) {
    columns = widest;
    const size_t rows = (count + TOKENS - 1) / TOKENS * TOKENS;
    grow(bytes, rows * widest);
    grow(scales, rows * widest / GROUP);
    grow(sums, rows * widest / GROUP);
  }
  size_t tile(int token) const { return size_t(token / TOKENS) * TOKENS * columns; }
  int8_t* four(int token, int index) const { return &bytes[tile(token) + (index * TOKENS + token % TOKENS) * 4]; }
  float* scale(int token, int group) const { return &scales[tile(token) / GROUP + group * TOKENS + token % TOKENS]; }
  int32_t* sum(int token, int group) const { return &sums[tile(token) / GROUP + group * TOKENS + token % TOKENS]; }
};

// Memory between the steps of a layer, and some of each thread's own.
struct Work {
  Bytes narrow;
  std::vector<float> wide, mixed, angles;
  std::vector<std::vector<float>> owns;
  std::vector<int> texts, places;              // of each row: which text it is of, and where it stands there
  std::vector<std::pair<int, int>> portions;  // of questions that share what lies before them
  float* own(int thread) { return owns[thread].data(); }
  // Cosines, then sines, of the angles that a token is turned by.
  float* turned(const Shape& shape, int token, int turn) {
    return angles.data() + (size_t(token) * shape.turns + turn) * shape.head_width;
  }

  void prepare(const Shape& shape, int threads, const Stretch* stretches, int count_of_texts) {
    line_up(shape, stretches, count_of_texts);
    const int count = int(places.size()), longest = *std::max_element(places.begin(), places.end()) + 1;
    const int widest = std::max({shape.width, shape.inner, shape.mixed()});
    narrow.prepare(widest, count);
    grow(wide, size_t(count) * std::max(shape.qkv_rows(), 2 * shape.inner));
    grow(mixed, size_t(count) * shape.mixed());
    owns.resize(std::max<size_t>(owns.size(), threads));
    for (auto& one : owns) grow(one, std::max(size_t(widest), size_t(longest + 16 + shape.head_width) * 8));
    const int half = shape.head_width / 2;
    grow(angles, size_t(count) * shape.turns * shape.head_width);
    for (int index = 0; index < shape.turns * half; ++index) {
      const double turn = shape.frequencies[index];
      for (int token = 0; token < count; ++token) {
        float* place = turned(shape, token, index / half) + index % half;
        place[0] = float(std::cos(places[token] * turn)), place[half] = float(std::sin(places[token] * turn));
      }
    }
  }

 private:
  void line_up(const Shape& shape, const Stretch* stretches, int count) {
    const int group = shape.heads / shape.kv_heads;
    texts.clear(), places.clear(), portions.clear();
    for (int text = 0, first = 0; text < count; ++text) {
      const Stretch& one = stretches[text];
      for (int token = 0; token < one.count; ++token) texts.push_back(text), places.push_back(one.start + token);
      const bool goes_on = text + 1 < count && one.shared && stretches[text + 1].shared == one.shared &&
                           stretches[text + 1].before.keys == one.before.keys;
      const int end = int(places.size()) * group;
      for (; !goes_on && first < end; first = portions.back().second) portions.emplace_back(first, std::min(first + 16, end));
    }
  }
};

struct Engine {
  int level;
  Pool pool;
  Work work;
};

#define LEVEL_IS_512 0
#define LEVEL_IS_VNNI 0
#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c")
namespace avx2 {
#include "simd.h"
#include "kernels.h"
}  // namespace avx2
#pragma GCC pop_options

#undef LEVEL_IS_VNNI
#define LEVEL_IS_VNNI 1
#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c,avxvnni")
namespace avx_vnni {
#include "simd.h"
#include "kernels.h"
}  // namespace avx_vnni
#pragma GCC pop_options

#undef LEVEL_IS_512
#define LEVEL_IS_512 1
#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,prefer-vector-width=512")
namespace avx512 {
#include "simd.h"
#include "kernels.h"
}  // namespace avx512
#pragma GCC pop_options

// Calls a function of the level that an engine was made for.
#define AT_LEVEL(engine, call)                   \
  switch ((engine).level) {                      \
    case 3: avx512::call; break;                 \
    case 2: avx_vnni::call; break;               \
    default: avx2::call;                         \
  }

}  // namespace

extern "C" {

// The best level of this processor: 3 AVX-512 VNNI, 2 AVX-VNNI, 1 AVX2, 0 none of them.
int lean_level() {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("f16c")) return 0;
  if (__builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq"))
    return 3;
  return __builtin_cpu_supports("avxvnni") ? 2 : 1;
}

Engine* lean_make(int threads, int level) { return new Engine{level, Pool(threads), {}}; }

void lean_end(Engine* engine) { delete engine; }

// Rounds a matrix to bytes; `weights` and `scales` have room for its rows rounded up to a multiple of 16.
void lean_pack(Engine* engine, const float* matrix, int rows, int columns, uint8_t* weights, uint16_t* scales) {
  engine->pool.run((rows + 15) / 16, [&](int block, int) {
    const size_t first = size_t(block) * 16 * columns;
    AT_LEVEL(*engine, pack(matrix + first, std::min(16, rows - block * 16), columns, weights + first, scales + first / GROUP));
  });
}

// Gives rows of a packed matrix as numbers.
void lean_unpack(Engine* engine, const Matrix* matrix, const int32_t* rows, int count, float* out) {
  engine->pool.run(count, [&](int index, int) {
    AT_LEVEL(*engine, unpack(*matrix, rows[index], out + size_t(index) * matrix->columns));
  });
}

// Multiplies rows by a packed matrix, giving (count, matrix->rows).
void lean_multiply(Engine* engine, const Matrix* matrix, const float* rows, int count, float* out) {
  Bytes& narrow = engine->work.narrow;
  narrow.prepare(matrix->columns, count);
  engine->pool.run(count, [&](int token, int) {
    AT_LEVEL(*engine, quantise(rows + size_t(token) * matrix->columns, matrix->columns, narrow, token));
  });
  AT_LEVEL(*engine, multiply(engine->pool, *matrix, narrow, count, out));
}

// Reads tokens of some texts, their rows one text after the other, through layers `first` to `last - 1`. Texts that share
// what lies before them stand side by side.
void lean_read(Engine* engine, const Shape* shape, const Layer* layers, int first, int last, float* rows,
               const Stretch* stretches, int texts) {
  if (first == 0) engine->work.prepare(*shape, engine->pool.threads(), stretches, texts);
  for (int index = first; index < last; ++index)
    AT_LEVEL(*engine, layer(engine->pool, engine->work, *shape, layers[index], index, rows, stretches));
}

// Scores of every token of the vocabulary after each row, (count, head->rows).
void lean_scores(Engine* engine, const Shape* shape, const float* last_norm, const Matrix* head, const float* rows,
                 int count, float* out) {
  const Stretch only{{}, {}, 0, count, 0};
  engine->work.prepare(*shape, engine->pool.threads(), &only, 1);
  AT_LEVEL(*engine, scores(engine->pool, engine->work, *shape, last_norm, *head, rows, count, out));
}

}  // extern "C"
