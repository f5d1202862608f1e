// A suite under another engine: libFuzzer or AFL++ in place of our own, with the objects that were built for ours.
//
// Nothing is compiled anew. libFuzzer's library without `main`, or AFL++'s runtime, is added to the link; the suite's own `main` finds it there and
// hands over:
//
//     if (pulsegate_fuzz_driver() == PULSEGATE_FUZZ_LIBFUZZER) code = pulsegate_fuzz_drive(&argc, &argv);
//
// libFuzzer defines the coverage callbacks itself, and its definitions win over ours, which are weak. AFL++ knows no inline counters: what they
// counted is folded into its map after each input, and in the handler of what kills the process. The gate of compare tracing is open throughout.
#ifndef PULSEGATE_FUZZING_DRIVERS_H
#define PULSEGATE_FUZZING_DRIVERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pulsegate_fuzz_driver { PULSEGATE_FUZZ_NO_DRIVER = 0, PULSEGATE_FUZZ_LIBFUZZER = 1, PULSEGATE_FUZZ_AFL = 2 };

// Which other engine is linked.
int pulsegate_fuzz_driver(void);

typedef void (*pulsegate_fuzz_input_function)(void *context, const uint8_t *bytes, size_t count);
typedef size_t (*pulsegate_fuzz_mutate_function)(void *context, uint8_t *bytes, size_t count, size_t capacity, uint32_t seed);

// What LLVMFuzzerTestOneInput runs, and how LLVMFuzzerCustomMutator changes an input (NULL: as libFuzzer would).
void pulsegate_fuzz_set_input_function(void *context, pulsegate_fuzz_input_function run, pulsegate_fuzz_mutate_function mutate);

// Lets the engine that is linked take over; the result is the exit code. AFL++ without afl-fuzz runs the files that are named, or standard input.
int pulsegate_fuzz_drive(int argc, char **argv);

// libFuzzer's own mutation of bytes; 0 where libFuzzer is not linked.
size_t pulsegate_fuzz_foreign_mutate(uint8_t *bytes, size_t count, size_t capacity);

// Swift's crash handler keeps an engine from seeing a crash: it is switched off in the environment and the program begins anew. Returns where the
// handler is off already, or where that is impossible; fatal signals then have no handler.
void pulsegate_fuzz_without_backtracer(char **argv);

// A text compare on its way to libFuzzer's table of recent compares; false where libFuzzer is not linked.
bool pulsegate_fuzz_tell_driver(const void *site, const uint8_t *a, uint32_t a_length, const uint8_t *b, uint32_t b_length);

#endif
