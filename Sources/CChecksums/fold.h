#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// x^n modulo the check's polynomial, reflected, for the first and the second half of 16 bytes that are moved ahead.
typedef struct {
    uint64_t by_64_bytes[2];
    uint64_t by_16_bytes[2];
} CChecksumsFoldConstants;

enum { CCHECKSUMS_FOLD_MINIMUM = 64 };

/// Whether this machine has carry-less multiplication.
bool CChecksums_can_fold(void);

/// Reduces bytes to 16 that have the same check: `length` is a multiple of 16, at least CCHECKSUMS_FOLD_MINIMUM, and
/// the check of `rest` starts from zero.
///
/// V. Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction", Intel, 2009.
void CChecksums_fold(
    const CChecksumsFoldConstants *constants, uint64_t crc, const uint8_t *bytes, size_t length, uint8_t rest[16]);
