// Sixteen floats at a time, for one level of processor; included once per level by lean.cpp, so it has no guard.
//
// F holds sixteen floats, I sixteen 32-bit integers, W sixteen rows by four columns of weights. Every function gives
// the same bits at every level: integers are exact, and floats go through the same operations in the same order.

#if LEVEL_IS_512
using F = __m512;
using I = __m512i;
using W = __m512i;
inline F load(const float* p) { return _mm512_loadu_ps(p); }
inline void store(float* p, F x) { _mm512_storeu_ps(p, x); }
inline F all(float x) { return _mm512_set1_ps(x); }
inline F add(F a, F b) { return _mm512_add_ps(a, b); }
inline F sub(F a, F b) { return _mm512_sub_ps(a, b); }
inline F mul(F a, F b) { return _mm512_mul_ps(a, b); }
inline F div(F a, F b) { return _mm512_div_ps(a, b); }
inline F fma(F a, F b, F c) { return _mm512_fmadd_ps(a, b, c); }
inline F max(F a, F b) { return _mm512_max_ps(a, b); }
inline F min(F a, F b) { return _mm512_min_ps(a, b); }
inline F magnitude(F a) { return _mm512_abs_ps(a); }
inline F nearest(F a) { return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
inline F power_of_two(F n) {
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_add_epi32(_mm512_cvtps_epi32(n), _mm512_set1_epi32(127)), 23));
}
inline F from_half(const uint16_t* p) { return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i*)p)); }
inline void to_half(uint16_t* p, F x) { _mm256_storeu_si256((__m256i*)p, _mm512_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT)); }
inline void to_bytes(int8_t* p, F x) { _mm_storeu_si128((__m128i*)p, _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(x))); }
inline F from_int(I x) { return _mm512_cvtepi32_ps(x); }
inline W weights(const uint8_t* p) { return _mm512_loadu_si512(p); }
inline I begin(int32_t sum) { return _mm512_set1_epi32(-128 * sum); }
inline I dot(I total, W w, int32_t four) { return _mm512_dpbusd_epi32(total, w, _mm512_set1_epi32(four)); }
constexpr int TILE = 8;
#else
struct F { __m256 a, b; };
struct I { __m256i a, b; };
struct W { __m256i a, b; };
inline F load(const float* p) { return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
inline void store(float* p, F x) { _mm256_storeu_ps(p, x.a), _mm256_storeu_ps(p + 8, x.b); }
inline F all(float x) { return {_mm256_set1_ps(x), _mm256_set1_ps(x)}; }
inline F add(F x, F y) { return {_mm256_add_ps(x.a, y.a), _mm256_add_ps(x.b, y.b)}; }
inline F sub(F x, F y) { return {_mm256_sub_ps(x.a, y.a), _mm256_sub_ps(x.b, y.b)}; }
inline F mul(F x, F y) { return {_mm256_mul_ps(x.a, y.a), _mm256_mul_ps(x.b, y.b)}; }
inline F div(F x, F y) { return {_mm256_div_ps(x.a, y.a), _mm256_div_ps(x.b, y.b)}; }
inline F fma(F x, F y, F z) { return {_mm256_fmadd_ps(x.a, y.a, z.a), _mm256_fmadd_ps(x.b, y.b, z.b)}; }
inline F max(F x, F y) { return {_mm256_max_ps(x.a, y.a), _mm256_max_ps(x.b, y.b)}; }
inline F min(F x, F y) { return {_mm256_min_ps(x.a, y.a), _mm256_min_ps(x.b, y.b)}; }
inline F magnitude(F x) {
  const __m256 sign = _mm256_set1_ps(-0.0f);
  return {_mm256_andnot_ps(sign, x.a), _mm256_andnot_ps(sign, x.b)};
}
inline F nearest(F x) {
  constexpr int mode = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
  return {_mm256_round_ps(x.a, mode), _mm256_round_ps(x.b, mode)};
}
inline __m256 power_of_two(__m256 n) {
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23));
}
inline F power_of_two(F n) { return {power_of_two(n.a), power_of_two(n.b)}; }
inline F from_half(const uint16_t* p) {
  return {_mm256_cvtph_ps(_mm_loadu_si128((const __m128i*)p)), _mm256_cvtph_ps(_mm_loadu_si128((const __m128i*)(p + 8)))};
}
inline void to_half(uint16_t* p, F x) {
  _mm_storeu_si128((__m128i*)p, _mm256_cvtps_ph(x.a, _MM_FROUND_TO_NEAREST_INT));
  _mm_storeu_si128((__m128i*)(p + 8), _mm256_cvtps_ph(x.b, _MM_FROUND_TO_NEAREST_INT));
}
inline void to_bytes(int8_t* p, F x) {
  const __m256i words = _mm256_packs_epi32(_mm256_cvtps_epi32(x.a), _mm256_cvtps_epi32(x.b));
  const __m256i ordered = _mm256_permute4x64_epi64(words, 0xd8);
  _mm_storeu_si128((__m128i*)p, _mm_packs_epi16(_mm256_castsi256_si128(ordered), _mm256_extracti128_si256(ordered, 1)));
}
inline F from_int(I x) { return {_mm256_cvtepi32_ps(x.a), _mm256_cvtepi32_ps(x.b)}; }
constexpr int TILE = 2;
#if LEVEL_IS_VNNI
inline W weights(const uint8_t* p) { return {_mm256_loadu_si256((const __m256i*)p), _mm256_loadu_si256((const __m256i*)(p + 32))}; }
inline I begin(int32_t sum) { return {_mm256_set1_epi32(-128 * sum), _mm256_set1_epi32(-128 * sum)}; }
inline I dot(I total, W w, int32_t four) {
  const __m256i x = _mm256_set1_epi32(four);
  return {_mm256_dpbusd_avx_epi32(total.a, w.a, x), _mm256_dpbusd_avx_epi32(total.b, w.b, x)};
}
#else
// Products of two signed bytes as magnitude times signed weight: two of them, 2 * 127 * 127, fit 16 bits.
inline W weights(const uint8_t* p) {
  const __m256i middle = _mm256_set1_epi8(-128);
  return {_mm256_xor_si256(_mm256_loadu_si256((const __m256i*)p), middle),
          _mm256_xor_si256(_mm256_loadu_si256((const __m256i*)(p + 32)), middle)};
}
inline I begin(int32_t) { return {_mm256_setzero_si256(), _mm256_setzero_si256()}; }
inline __m256i dot(__m256i total, __m256i w, __m256i x, __m256i size) {
  const __m256i pairs = _mm256_maddubs_epi16(size, _mm256_sign_epi8(w, x));
  return _mm256_add_epi32(total, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}
inline I dot(I total, W w, int32_t four) {
  const __m256i x = _mm256_set1_epi32(four), size = _mm256_abs_epi8(x);
  return {dot(total.a, w.a, x, size), dot(total.b, w.b, x, size)};
}
#endif
#endif
