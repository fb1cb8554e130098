// The forward pass of a Llama for one level of processor; included once per level by lean.cpp, so it has no guard.
//
// A token's numbers never depend on which tokens are read with it: every sum over columns or over earlier tokens runs
// in the same order whether one row or a hundred are multiplied. That is what makes guessing and caching exact.

inline float sum(F x) {
  float lanes[16];
  store(lanes, x);
  for (int half = 8; half; half /= 2)
    for (int index = 0; index < half; ++index) lanes[index] += lanes[index + half];
  return lanes[0];
}

inline float largest(F x) {
  float lanes[16];
  store(lanes, x);
  return *std::max_element(lanes, lanes + 16);
}

// exp(x), to 2 units in the last place: 2^n times a polynomial of degree 6 (Cephes' expf).
inline F exponential(F x) {
  x = min(max(x, all(-87.0f)), all(88.0f));
  const F n = nearest(mul(x, all(1.44269504f)));
  F r = fma(n, all(-0.693359375f), x);
  r = fma(n, all(2.12194440e-4f), r);
  F y = all(1.9875691500e-4f);
  for (const float c : {1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f})
    y = fma(y, r, all(c));
  return mul(add(fma(mul(y, r), r, r), all(1.0f)), power_of_two(n));
}

// Rounds a row of numbers to signed bytes, each GROUP with a scale of its own.
inline void quantise(const float* row, int columns, const Bytes& to, int token) {
  for (int group = 0; group < columns / GROUP; ++group) {
    const F low = load(row + group * GROUP), high = load(row + group * GROUP + 16);
    const float most = largest(max(magnitude(low), magnitude(high)));
    const F inverse = all(most > 0 ? 127.0f / most : 0.0f);
    int8_t bytes[GROUP];
    to_bytes(bytes, mul(low, inverse));
    to_bytes(bytes + 16, mul(high, inverse));
    int32_t total = 0;
    for (int index = 0; index < GROUP; ++index) total += bytes[index];
    for (int four = 0; four < GROUP / 4; ++four) std::memcpy(to.four(token, group * GROUP / 4 + four), bytes + four * 4, 4);
    *to.scale(token, group) = most / 127.0f;
    *to.sum(token, group) = total;
  }
}

// Rounds sixteen rows of a matrix to bytes and puts them where `tile` wants them; rows that are missing become zeros.
inline void pack(const float* matrix, int rows, int columns, uint8_t* weights, uint16_t* scales) {
  std::memset(weights, 128, size_t(columns) * 16);
  for (int row = 0; row < rows; ++row)
    for (int group = 0; group < columns / GROUP; ++group) {
      const float* from = matrix + size_t(row) * columns + group * GROUP;
      const F low = load(from), high = load(from + 16);
      const uint16_t scale = _cvtss_sh(largest(max(magnitude(low), magnitude(high))) / 127.0f, 0);
      const F inverse = all(scale ? 1.0f / _cvtsh_ss(scale) : 0.0f);
      int8_t bytes[GROUP];
      to_bytes(bytes, max(min(mul(low, inverse), all(127)), all(-127)));
      to_bytes(bytes + 16, max(min(mul(high, inverse), all(127)), all(-127)));
      for (int index = 0; index < GROUP; ++index) bytes[index] ^= -128;
      scales[group * 16 + row] = scale;
      for (int four = 0; four < GROUP / 4; ++four)
        std::memcpy(weights + (group * GROUP / 4 + four) * 64 + row * 4, bytes + four * 4, 4);
    }
}

// Gives one row of a packed matrix as numbers.
inline void unpack(const Matrix& matrix, int row, float* out) {
  const int groups = matrix.columns / GROUP;
  const uint8_t* bytes = matrix.weights + size_t(row / 16) * matrix.columns * 16 + row % 16 * 4;
  const uint16_t* scales = matrix.scales + size_t(row / 16) * groups * 16 + row % 16;
  for (int column = 0; column < matrix.columns; ++column)
    out[column] = (int(bytes[column / 4 * 64 + column % 4]) - 128) * _cvtsh_ss(scales[column / GROUP * 16]);
}

// Root-mean-square norm (Zhang and Sennrich 2019).
inline void norm(const float* row, const float* weight, int width, float epsilon, float* out) {
  F squares = all(0);
  for (int index = 0; index < width; index += 16) squares = fma(load(row + index), load(row + index), squares);
  const F factor = all(1.0f / std::sqrt(sum(squares) / width + epsilon));
  for (int index = 0; index < width; index += 16)
    store(out + index, mul(mul(load(row + index), factor), load(weight + index)));
}

// The same, rounded to bytes.
inline void norm(const float* row, const float* weight, const Shape& shape, float* work, const Bytes& to, int token) {
  norm(row, weight, shape.width, shape.epsilon, work);
  quantise(work, shape.width, to, token);
}

// Sixteen rows of a matrix times COUNT tokens of one tile. What was in `out` is added to where `adds`.
template <int COUNT>
inline void tile(const Matrix& matrix, int block, const Bytes& from, int token, float* out, bool adds) {
  const int groups = matrix.columns / GROUP;
  const uint8_t* bytes = matrix.weights + size_t(block) * groups * GROUP * 16;
  const uint16_t* scales = matrix.scales + size_t(block) * groups * 16;
  const int8_t* fours = from.four(token, 0);
  const float* row_scales = from.scale(token, 0);
  const int32_t* sums = from.sum(token, 0);
  F total[COUNT];
  for (int one = 0; one < COUNT; ++one) total[one] = all(0);
  for (int group = 0; group < groups; ++group) {
    if constexpr (COUNT <= 4)  // few tokens wait for memory: ask for it six groups ahead
      for (int line = 0; line < GROUP * 16; line += 64) _mm_prefetch((const char*)bytes + 6 * GROUP * 16 + line, _MM_HINT_T0);
    I whole[COUNT];
    for (int one = 0; one < COUNT; ++one) whole[one] = begin(sums[one]);
    for (int four = 0; four < GROUP / 4; ++four) {
      const W w = weights(bytes);
      for (int one = 0; one < COUNT; ++one) {
        int32_t packed;
        std::memcpy(&packed, fours + one * 4, 4);
        whole[one] = dot(whole[one], w, packed);
      }
      bytes += 64, fours += 4 * TOKENS;
    }
    const F scale = from_half(scales);
    for (int one = 0; one < COUNT; ++one)
      total[one] = fma(from_int(whole[one]), mul(scale, all(row_scales[one])), total[one]);
    scales += 16, row_scales += TOKENS, sums += TOKENS;
  }
  for (int one = 0; one < COUNT; ++one) {
    float* place = out + size_t(token + one) * matrix.rows + block * 16;
    store(place, adds ? add(load(place), total[one]) : total[one]);
  }
}

inline void multiply(Pool& pool, const Matrix& matrix, const Bytes& from, int count, float* out, bool adds = false) {
  const int blocks = matrix.rows / 16;
  const int chunk = std::max(1, blocks / (16 * pool.threads()));
  pool.run((blocks + chunk - 1) / chunk, [&](int part, int) {
    const int last = std::min(blocks, (part + 1) * chunk);
    for (int block = part * chunk; block < last; ++block) {
      int token = 0;  // tiles begin at multiples of their size, so none crosses a multiple of TOKENS
      for (; token + TILE <= count; token += TILE) tile<TILE>(matrix, block, from, token, out, adds);
      if constexpr (TILE > 4)
        for (; token + 4 <= count; token += 4) tile<4>(matrix, block, from, token, out, adds);
      for (; token + 2 <= count; token += 2) tile<2>(matrix, block, from, token, out, adds);
      for (; token < count; ++token) tile<1>(matrix, block, from, token, out, adds);
    }
  });
}

// Turns the questions and keys of one token by its place (Su et al. 2021) and puts key and value into the cache.
// Before that comes what an architecture does to them: a bias (Qwen2), a norm of each head (Qwen3).
// Keys lie in tiles of 16 tokens, one number of all 16 after the other, so that 16 scores are made at once.
inline void turn(const Shape& shape, const Layer& one, const Room& room, float* qkv, int place, const float* angles) {
  const int width = shape.head_width, half = width / 2, turned = shape.heads + shape.kv_heads;
  if (one.bias)
    for (int index = 0; index < shape.qkv_rows(); index += 16)
      store(qkv + index, add(load(qkv + index), load(one.bias + index)));
  for (int head = 0; head < turned; ++head) {
    float* row = qkv + head * width;
    const float* weight = head < shape.heads ? one.query_norm : one.key_norm;
    if (weight) norm(row, weight, width, shape.epsilon, row);
    for (int index = 0; index < half; index += 16) {
      const F cosine = load(angles + index), sine = load(angles + half + index);
      const F left = load(row + index), right = load(row + half + index);
      store(row + index, sub(mul(left, cosine), mul(right, sine)));
      store(row + half + index, fma(left, sine, mul(right, cosine)));
    }
  }
  for (int head = 0; head < shape.kv_heads; ++head) {
    const float* key = qkv + (shape.heads + head) * width;
    const float* value = qkv + (turned + head) * width;
    uint16_t* to = room.keys + (size_t(head) * room.tokens + place / 16 * 16) * width + place % 16;
    for (int index = 0; index < width; index += 16) {
      uint16_t halves[16];
      to_half(halves, load(key + index));
      for (int one = 0; one < 16; ++one) to[(index + one) * 16] = halves[one];
      to_half(room.values + (size_t(head) * room.tokens + place) * width + index, load(value + index));
    }
  }
}

// A question of attention: where its numbers are, where its answer goes, its text, and how many tokens it sees.
struct Question {
  const float* asked;
  float* out;
  int text, seen;
};

// Scores of tokens `first` to `last - 1` for COUNT questions. The scores of 16 tokens lie together for `among` questions,
// as do the questions, number by number. Keys of the first `skipped` tokens are not in the room.
template <int COUNT>
inline void score(const Shape& shape, const Room& room, int skipped, int head, int first, int last,
                  const float* questions, float* scores, int among) {
  const int width = shape.head_width;
  const uint16_t* keys = room.keys + size_t(head) * room.tokens * width;
  const F scale = all(1.0f / std::sqrt(float(width)));
  for (int start = first; start < last; start += 16) {
    F total[COUNT];
    for (int one = 0; one < COUNT; ++one) total[one] = all(0);
    for (int index = 0; index < width; ++index) {
      const F key = from_half(keys + size_t(start - skipped) * width + index * 16);
      for (int one = 0; one < COUNT; ++one) total[one] = fma(all(questions[index * among + one]), key, total[one]);
    }
    for (int one = 0; one < COUNT; ++one) store(scores + start * among + one * 16, mul(total[one], scale));
  }
}

// Turns the scores of one question into weights, but for a factor, which it gives; zeros from there to `end`.
inline float soften(float* row, int seen, int end, int among) {
  const int last = (seen - 1) / 16, left = seen - last * 16, next = among * 16;
  std::fill(row + last * next + left, row + last * next + 16, -INFINITY);
  F most = all(-INFINITY), total = all(0);
  for (int tile = 0; tile <= last; ++tile) most = max(most, load(row + tile * next));
  const F highest = all(largest(most));
  for (int tile = 0; tile <= last; ++tile) {
    store(row + tile * next, exponential(sub(load(row + tile * next), highest)));
    if (tile == last) std::fill(row + tile * next + left, row + tile * next + 16, 0.0f);
    total = add(total, load(row + tile * next));
  }
  for (int tile = last + 1; tile * 16 < end; ++tile) store(row + tile * next, all(0));
  return 1.0f / sum(total);
}

// Adds up the values of tokens `first` to `last - 1`, weighted for COUNT questions; begins anew where `first` is 0.
template <int COUNT>
inline void mix(const Shape& shape, const Room& room, int skipped, int head, int first, int last, const Question* asked,
                const float* weights, int among) {
  const int width = shape.head_width;
  const uint16_t* values = room.values + size_t(head) * room.tokens * width;
  constexpr int near = 128;  // values of so many tokens stay in the nearest cache while all their numbers are used
  for (int start = first; start < last; start += near)
    for (int index = 0; index < width; index += 16) {
      F total[COUNT];
      for (int one = 0; one < COUNT; ++one) total[one] = start ? load(asked[one].out + index) : all(0);
      for (int tile = start; tile < std::min(last, start + near); tile += 16) {
        const float* row = weights + tile * among;
        const int end = std::min(16, last - tile);
        for (int place = 0; place < end; ++place) {
          const F value = from_half(values + size_t(tile + place - skipped) * width + index);
          for (int one = 0; one < COUNT; ++one) total[one] = fma(all(row[one * 16 + place]), value, total[one]);
        }
      }
      for (int one = 0; one < COUNT; ++one) store(asked[one].out + index, total[one]);
    }
}

// Calls job(size, first) for questions of one text that stand side by side: all at once, or three, or one.
template <int COUNT, typename Job>
inline void by_text(const Question* asked, const Job& job) {
  if (asked[0].text == asked[COUNT - 1].text) return job(std::integral_constant<int, COUNT>(), 0);
  for (int first = 0; first < COUNT;) {
    if constexpr (COUNT > 3)
      if (first + 3 <= COUNT && asked[first].text == asked[first + 2].text) {
        job(std::integral_constant<int, 3>(), first);
        first += 3;
        continue;
      }
    job(std::integral_constant<int, 1>(), first++);
  }
}

// Attention of COUNT questions that share what lies before their texts.
template <int COUNT>
inline void attend(const Shape& shape, int layer, const Stretch* stretches, int head, const Question* asked, float* scores) {
  const int width = shape.head_width, shared = stretches[asked[0].text].shared;
  const Room before = stretches[asked[0].text].before.of(shape, layer);
  int longest = 0;
  for (int one = 0; one < COUNT; ++one) longest = std::max(longest, asked[one].seen);
  float* together = scores + size_t(longest + 15) / 16 * 16 * COUNT;  // the questions, number by number
  for (int index = 0; index < width; ++index)
    for (int one = 0; one < COUNT; ++one) together[index * COUNT + one] = asked[one].asked[index];
  float factor[COUNT];
  score<COUNT>(shape, before, 0, head, 0, shared, together, scores, COUNT);
  by_text<COUNT>(asked, [&](auto size, int first) {
    const int end = asked[first + size - 1].seen;
    const Room own = stretches[asked[first].text].own.of(shape, layer);
    score<size>(shape, own, shared, head, shared, end, together + first, scores + first * 16, COUNT);
    for (int one = first; one < first + size; ++one) factor[one] = soften(scores + one * 16, asked[one].seen, end, COUNT);
  });
  mix<COUNT>(shape, before, 0, head, 0, shared, asked, scores, COUNT);
  by_text<COUNT>(asked, [&](auto size, int first) {
    const Room own = stretches[asked[first].text].own.of(shape, layer);
    mix<size>(shape, own, shared, head, shared, asked[first + size - 1].seen, asked + first, scores + first * 16, COUNT);
  });
  for (int one = 0; one < COUNT; ++one)
    for (int index = 0; index < width; index += 16)
      store(asked[one].out + index, mul(load(asked[one].out + index), all(factor[one])));
}

template <int COUNT>
inline int attend_from(const Shape& shape, int layer, const Stretch* stretches, int head, int first, int last, Work& work,
                       float* scores) {
  const int group = shape.heads / shape.kv_heads;
  for (; first + COUNT <= last; first += COUNT) {
    Question asked[COUNT];
    for (int one = 0; one < COUNT; ++one) {
      const int token = (first + one) / group, mine = head * group + (first + one) % group;
      asked[one] = {work.wide.data() + size_t(token) * shape.qkv_rows() + mine * shape.head_width,
                    work.mixed.data() + size_t(token) * shape.mixed() + mine * shape.head_width, work.texts[token],
                    work.places[token] + 1};
    }
    attend<COUNT>(shape, layer, stretches, head, asked, scores);
  }
  return first;
}

// Reads tokens through one layer. `rows` holds what the layers before made of them.
inline void layer(Pool& pool, Work& work, const Shape& shape, const Layer& one, int index, float* rows,
                  const Stretch* stretches) {
  const int count = int(work.places.size());
  const auto each = [&](auto job) {
    if (count > 1) return pool.run(count, job);
    job(0, 0);
  };
  each([&](int token, int thread) {
    norm(rows + size_t(token) * shape.width, one.before_attention, shape, work.own(thread), work.narrow, token);
  });
  multiply(pool, one.qkv, work.narrow, count, work.wide.data());
  for (int token = 0; token < count; ++token) {
    const Stretch& text = stretches[work.texts[token]];
    turn(shape, one, text.own.of(shape, index), work.wide.data() + size_t(token) * shape.qkv_rows(),
         work.places[token] - text.shared, work.turned(shape, token, one.turn));
  }
  // Portions of questions, in an order that depends on what is read together; the numbers do not.
  pool.run(int(work.portions.size()) * shape.kv_heads, [&](int part, int thread) {
    const int head = part % shape.kv_heads;
    const auto [first, last] = work.portions[part / shape.kv_heads];
    float* scores = work.own(thread);
    int next = attend_from<TILE>(shape, index, stretches, head, first, last, work, scores);
    next = attend_from<3>(shape, index, stretches, head, next, last, work, scores);
    attend_from<1>(shape, index, stretches, head, next, last, work, scores);
  });
  each([&](int token, int) {
    quantise(work.mixed.data() + size_t(token) * shape.mixed(), shape.mixed(), work.narrow, token);
  });
  multiply(pool, one.out, work.narrow, count, rows, true);
  each([&](int token, int thread) {
    norm(rows + size_t(token) * shape.width, one.before_mlp, shape, work.own(thread), work.narrow, token);
  });
  multiply(pool, one.gate_up, work.narrow, count, work.wide.data());
  each([&](int token, int) {
    float* gate = work.wide.data() + size_t(token) * 2 * shape.inner;
    for (int index = 0; index < shape.inner; index += 16) {
      const F x = load(gate + index), up = load(gate + shape.inner + index);
      store(gate + index, mul(div(x, add(all(1), exponential(sub(all(0), x)))), up));
    }
    quantise(gate, shape.inner, work.narrow, token);
  });
  multiply(pool, one.down, work.narrow, count, rows, true);
}

inline void scores(Pool& pool, Work& work, const Shape& shape, const float* last_norm, const Matrix& head,
                   const float* rows, int count, float* out) {
  for (int token = 0; token < count; ++token)
    norm(rows + size_t(token) * shape.width, last_norm, shape, work.own(0), work.narrow, token);
  multiply(pool, head, work.narrow, count, out);
}
