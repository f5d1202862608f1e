#ifndef PULSEGATE_PROFILE_COUNTERS_H
#define PULSEGATE_PROFILE_COUNTERS_H

#include <stdint.h>

// The regions that a coverage build counts, as the sensor of a suite without sanitizer coverage. All of this finds nothing until
// pulsegate_fuzz_use_profile_counters was called, and in any other build.

uint32_t pulsegate_fuzz_profile_count(void);
// A number for the functions that are counted, the same in each run of one build.
uint64_t pulsegate_fuzz_profile_number(void);
void pulsegate_fuzz_profile_clear(void);
// Before the target runs: what has counted until now is the engine's own, and is never looked at again.
void pulsegate_fuzz_profile_mark(void);
// Calls `visit` for every region that ran, with its number and how often (at most 255), and forgets them.
void pulsegate_fuzz_profile_collect(void (*visit)(void *state, uint32_t region, uint8_t count), void *state);

// The other use of these counters: which lines of the engine itself ran. A forked process counts from zero, and adds what it ran to the profile when it
// leaves in order (LLVM_PROFILE_FILE); where the counters are the sensor, and in a build without them, these do nothing.
void pulsegate_fuzz_begin_profile(void);
void pulsegate_fuzz_end_profile(void);

#endif
