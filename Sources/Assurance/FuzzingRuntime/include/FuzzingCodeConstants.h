// The dictionary that a program already contains: constants of its instrumented functions, read from their machine code.
//
// Compare tracing shows a constant when it is compared, not before; comparisons of floating point are not traced at all, and a text in a
// dictionary literal is never compared until a look-up nearly finds it. This reads the code once and lists what the target knows:
//
//     pulsegate_fuzz_constant constants[4096];
//     uint32_t count = pulsegate_fuzz_harvest(ranges, range_count, constants, 4096);
//
// Complexity: linear in the code. Same executable, same ranges: same list in the same order (by place in the code). x86-64 with ELF only;
// elsewhere, and for ranges outside the executable, nothing is found. Nothing outside the executable's mapped segments is read.
#ifndef PULSEGATE_FUZZING_CODE_CONSTANTS_H
#define PULSEGATE_FUZZING_CODE_CONSTANTS_H

#include <stdint.h>

enum {
    pulsegate_fuzz_constant_integer = 1,    // little-endian, length 1, 2, 4 or 8
    pulsegate_fuzz_constant_double = 2,     // IEEE 754, little-endian, length 8
    pulsegate_fuzz_constant_float = 3,      // IEEE 754, little-endian, length 4
    pulsegate_fuzz_constant_text = 4,       // UTF-8
    pulsegate_fuzz_constant_bytes = 5,      // an array literal that looks like bytes
};

typedef struct {
    uint8_t kind;
    uint8_t length;
    uint8_t bytes[64];
} pulsegate_fuzz_constant;

// At most this many constants are listed, whatever the capacity.
enum { pulsegate_fuzz_constant_limit = 16384 };

// Lists the constants of functions given as [start, end), each once; returns how many. Longer texts are cut at 64 bytes, between
// characters. Not for two threads at a time.
uint32_t pulsegate_fuzz_harvest(
    const uintptr_t (*ranges)[2], uint32_t count, pulsegate_fuzz_constant *out, uint32_t capacity);

#endif
