// What Swift's own comparisons tell a fuzzer.
//
// A compiler's compare tracing sees machine words: it cannot see that `header == "Authorization"` compares two texts, or that
// a dictionary look-up wanted the key "SELECT". The executable that links this file defines the standard library's entry points
// for such comparisons itself: calls from the suite (and from other libraries, Foundation's JSON keys included) arrive here first,
// both operands are handed to `pulsegate_fuzz_log_text`, then the library's own function does the work.
//
//     while (__sancov_should_track != 0)    // the gate that compare tracing obeys
//         value == "token"                  // -> pulsegate_fuzz_log_text(site, "tok", 3, "token", 5, 0)
//
// Closed gate: two loads, two tests, one jump. Every definition is weak: where the standard library is linked statically its own
// definitions win and the hooks are dead but harmless; `--wrap=<symbol>` for each name of `pulsegate_fuzz_hook_symbol` brings them back.
// A symbol that the library at run time does not have counts as dead. Hooks neither lock nor write. They allocate nothing
// but, once a thread, what asking for the bounds of its stack takes (only where a library, not the suite, made the call).
// Look-ups in Swift's tables follow the hash seed: run with SWIFT_DETERMINISTIC_HASHING=1 where runs must be alike.
#ifndef PULSEGATE_FUZZING_STRING_HOOKS_H
#define PULSEGATE_FUZZING_STRING_HOOKS_H

#include <stdbool.h>
#include <stdint.h>

// What was compared.
enum {
    pulsegate_fuzz_text_equality = 0,
    pulsegate_fuzz_text_order = 1,
    pulsegate_fuzz_text_prefix = 2,    // a begins with (or contains) b?
    pulsegate_fuzz_text_suffix = 3,    // a ends with b?
    pulsegate_fuzz_text_hash = 4,      // a was hashed, b is empty
    pulsegate_fuzz_text_candidate = 5, // a is looked up, b is one of the texts that would be found
    pulsegate_fuzz_text_bytes = 6,     // equality of bytes: arrays, slices, memcmp
};

// Provided by the compare log; called only while the gate is open. The bytes are borrowed for the length of the call.
void pulsegate_fuzz_log_text(
    const void *site, const uint8_t *a, uint32_t a_count, const uint8_t *b, uint32_t b_count, uint8_t kind);

// Opens (1) or closes (0) the gate for hooks and compare tracing alike.
static inline void pulsegate_fuzz_set_gate(uint64_t open) {
    extern uint64_t __sancov_should_track;
    __sancov_should_track = open;
}

// How many hooks there are; hook i is bit i of the mask below.
uint32_t pulsegate_fuzz_hook_count(void);

// Which hooks stand between the suite and a function that exists. A redirected one (StringProtocol.contains) is live where
// the suite calls it.
uint64_t pulsegate_fuzz_live_hooks(void);

// Short name ("String.=="), or NULL past the end.
const char *pulsegate_fuzz_hook_name(uint32_t hook);

// Linker symbol, for `-Xlinker --wrap=` when the standard library is linked statically; NULL past the end and for a redirected hook.
const char *pulsegate_fuzz_hook_symbol(uint32_t hook);

// The text of a small string (at most 15 bytes of UTF-8) from its two raw words; false if the words are no small string.
bool pulsegate_fuzz_decode_small(uint64_t raw0, uint64_t raw1, uint8_t out[16], uint8_t *count);

#endif
