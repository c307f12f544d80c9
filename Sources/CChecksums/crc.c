#include "CChecksums.h"
#include "fold.h"
#include <pthread.h>
#include <string.h>

// One set of code serves all checks: the 32-bit ones live in the low half of 64-bit registers and tables.
typedef struct {
    uint64_t polynomial; // reflected: the bit of x^0 is the highest
    unsigned width;
    uint64_t table[8][256];
    CChecksumsFoldConstants fold;
} Model;

// Polynomials: CRC-32/ISO-HDLC, CRC-32/ISCSI and CRC-64/NVME of the catalogue of parametrised CRC algorithms,
// https://reveng.sourceforge.io/crc-catalogue/all.htm
static Model models[] = {
    [CChecksumsCRC32] = {.polynomial = 0xEDB88320, .width = 32},
    [CChecksumsCRC32C] = {.polynomial = 0x82F63B78, .width = 32},
    [CChecksumsCRC64NVME] = {.polynomial = 0x9A6C9329AC4BC9B5, .width = 64},
};
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool accelerated;

static uint64_t times_x(const Model *model, uint64_t value) {
    return (value >> 1) ^ (value & 1 ? model->polynomial : 0);
}

// x^n modulo the polynomial, as the high bits of a word.
static uint64_t fold_constant(const Model *model, unsigned n) {
    uint64_t power = 1ULL << (model->width - 1);
    while (n-- > 0) power = times_x(model, power);
    return power << (64 - model->width);
}

static void prepare(Model *model) {
    for (unsigned byte = 0; byte < 256; byte++) {
        uint64_t value = byte;
        for (int bit = 0; bit < 8; bit++) value = times_x(model, value);
        model->table[0][byte] = value;
    }
    for (unsigned byte = 0; byte < 256; byte++)
        for (int i = 1; i < 8; i++) {
            uint64_t before = model->table[i - 1][byte];
            model->table[i][byte] = (before >> 8) ^ model->table[0][before & 0xFF];
        }
    // A product of reflected words is one bit short of its place: hence the odd exponents.
    model->fold = (CChecksumsFoldConstants){
        .by_64_bytes = {fold_constant(model, 512 + 63), fold_constant(model, 512 - 1)},
        .by_16_bytes = {fold_constant(model, 128 + 63), fold_constant(model, 128 - 1)},
    };
}

static void prepare_all(void) {
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) prepare(&models[i]);
    accelerated = CChecksums_can_fold();
}

static const Model *model_of(CChecksumsAlgorithm algorithm) {
    pthread_once(&once, prepare_all);
    return &models[algorithm];
}

static uint64_t ones(const Model *model) { return ~0ULL >> (64 - model->width); }

// Eight bytes a step ("slicing by 8").
static uint64_t update_by_table(const Model *model, uint64_t crc, const uint8_t *bytes, size_t length) {
    const uint64_t(*table)[256] = model->table;
    for (; length >= 8; length -= 8, bytes += 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        word = __builtin_bswap64(word);
#endif
        word ^= crc;
        crc = table[7][word & 0xFF] ^ table[6][word >> 8 & 0xFF] ^ table[5][word >> 16 & 0xFF]
            ^ table[4][word >> 24 & 0xFF] ^ table[3][word >> 32 & 0xFF] ^ table[2][word >> 40 & 0xFF]
            ^ table[1][word >> 48 & 0xFF] ^ table[0][word >> 56];
    }
    while (length-- > 0) crc = (crc >> 8) ^ table[0][(crc ^ *bytes++) & 0xFF];
    return crc;
}

bool CChecksums_is_accelerated(void) {
    model_of(CChecksumsCRC32);
    return accelerated;
}

uint64_t CChecksums_update(CChecksumsAlgorithm algorithm, uint64_t crc, const void *bytes, size_t length) {
    const Model *model = model_of(algorithm);
    if (!accelerated || length < CCHECKSUMS_FOLD_MINIMUM)
        return CChecksums_update_portable(algorithm, crc, bytes, length);
    uint8_t rest[16];
    size_t folded = length & ~(size_t)15;
    CChecksums_fold(&model->fold, crc ^ ones(model), bytes, folded, rest);
    crc = update_by_table(model, 0, rest, sizeof rest);
    return update_by_table(model, crc, (const uint8_t *)bytes + folded, length - folded) ^ ones(model);
}

uint64_t CChecksums_update_portable(CChecksumsAlgorithm algorithm, uint64_t crc, const void *bytes, size_t length) {
    const Model *model = model_of(algorithm);
    return update_by_table(model, crc ^ ones(model), bytes, length) ^ ones(model);
}

static uint64_t multiply(const Model *model, uint64_t a, uint64_t b) {
    uint64_t product = 0;
    for (uint64_t bit = 1ULL << (model->width - 1); bit != 0; bit >>= 1, b = times_x(model, b))
        if (a & bit) product ^= b;
    return product;
}

uint64_t CChecksums_combine(CChecksumsAlgorithm algorithm, uint64_t first, uint64_t second, uint64_t second_length) {
    const Model *model = model_of(algorithm);
    // first * x^(8 * second_length) + second; inversion and start value cancel out.
    uint64_t square = times_x(model, 1ULL << (model->width - 1));
    for (int i = 0; i < 3; i++) square = multiply(model, square, square);
    for (; second_length != 0; second_length >>= 1, square = multiply(model, square, square))
        if (second_length & 1) first = multiply(model, first, square);
    return first ^ second;
}
