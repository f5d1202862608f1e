// Addresses relative to the executable, which stay the same from run to run.
#ifndef PULSEGATE_FUZZ_IMAGE_H
#define PULSEGATE_FUZZ_IMAGE_H
#include <stdint.h>
extern const char __executable_start[] __attribute__((visibility("hidden")));
static inline uint64_t pulsegate_fuzz_relative(uintptr_t address) { return address - (uintptr_t)__executable_start; }
#endif
