#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The cyclic redundancy checks that S3 knows; all are reflected, start from all ones and end inverted.
typedef enum {
    CChecksumsCRC32,
    CChecksumsCRC32C,
    CChecksumsCRC64NVME,
} CChecksumsAlgorithm;

/// The check of some bytes, then of `length` more: `crc` is the check of what came before, 0 at the start.
uint64_t CChecksums_update(CChecksumsAlgorithm algorithm, uint64_t crc, const void *_Nullable bytes, size_t length);

/// The same, without the machine's carry-less multiplication.
uint64_t CChecksums_update_portable(
    CChecksumsAlgorithm algorithm, uint64_t crc, const void *_Nullable bytes, size_t length);

/// Whether this machine has the instructions that `CChecksums_update` uses.
bool CChecksums_is_accelerated(void);

/// The check of two runs of bytes from the checks of each, and the length of the second.
uint64_t CChecksums_combine(CChecksumsAlgorithm algorithm, uint64_t first, uint64_t second, uint64_t second_length);
