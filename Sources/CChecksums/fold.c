#include "fold.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("sse4.1,pclmul")))
typedef __m128i Block;

bool CChecksums_can_fold(void) { return __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1"); }

TARGET static inline Block load(const void *bytes) { return _mm_loadu_si128(bytes); }
TARGET static inline void store(void *bytes, Block block) { _mm_storeu_si128(bytes, block); }
TARGET static inline Block low(uint64_t word) { return _mm_cvtsi64_si128((long long)word); }
TARGET static inline Block xor(Block a, Block b) { return _mm_xor_si128(a, b); }
TARGET static inline Block move_ahead(Block block, Block constants) {
    return xor(_mm_clmulepi64_si128(block, constants, 0x00), _mm_clmulepi64_si128(block, constants, 0x11));
}

#elif defined(__aarch64__) && defined(__linux__)
#include <arm_neon.h>
#include <asm/hwcap.h>
#include <sys/auxv.h>

#define TARGET __attribute__((target("aes")))
typedef uint64x2_t Block;

bool CChecksums_can_fold(void) { return getauxval(AT_HWCAP) & HWCAP_PMULL; }

TARGET static inline Block load(const void *bytes) { return vreinterpretq_u64_u8(vld1q_u8(bytes)); }
TARGET static inline void store(void *bytes, Block block) { vst1q_u8(bytes, vreinterpretq_u8_u64(block)); }
TARGET static inline Block low(uint64_t word) { return vsetq_lane_u64(word, vdupq_n_u64(0), 0); }
TARGET static inline Block xor(Block a, Block b) { return veorq_u64(a, b); }
TARGET static inline Block move_ahead(Block block, Block constants) {
    poly128_t first = vmull_p64(vgetq_lane_u64(block, 0), vgetq_lane_u64(constants, 0));
    poly128_t second = vmull_p64(vgetq_lane_u64(block, 1), vgetq_lane_u64(constants, 1));
    return xor(vreinterpretq_u64_p128(first), vreinterpretq_u64_p128(second));
}

#else
#define CCHECKSUMS_NO_FOLD

bool CChecksums_can_fold(void) { return false; }

void CChecksums_fold(
    const CChecksumsFoldConstants *constants, uint64_t crc, const uint8_t *bytes, size_t length, uint8_t rest[16]) {}
#endif

#ifndef CCHECKSUMS_NO_FOLD
TARGET void CChecksums_fold(
    const CChecksumsFoldConstants *constants, uint64_t crc, const uint8_t *bytes, size_t length, uint8_t rest[16]) {
    Block by_64 = load(constants->by_64_bytes), by_16 = load(constants->by_16_bytes);
    Block a = xor(load(bytes), low(crc)), b = load(bytes + 16), c = load(bytes + 32), d = load(bytes + 48);
    for (bytes += 64, length -= 64; length >= 64; bytes += 64, length -= 64) {
        a = xor(move_ahead(a, by_64), load(bytes));
        b = xor(move_ahead(b, by_64), load(bytes + 16));
        c = xor(move_ahead(c, by_64), load(bytes + 32));
        d = xor(move_ahead(d, by_64), load(bytes + 48));
    }
    b = xor(b, move_ahead(a, by_16));
    c = xor(c, move_ahead(b, by_16));
    d = xor(d, move_ahead(c, by_16));
    for (; length >= 16; bytes += 16, length -= 16) d = xor(load(bytes), move_ahead(d, by_16));
    store(rest, d);
}
#endif
