// What a fuzz suite knows of the code it runs: counters, compares, deaths, and the memory that outlives them.
//
// The modules under test are compiled with sanitizer coverage (docs/fuzzing.md names the options); this library defines the functions that their
// code calls. All of them are weak, so that the same objects link under libFuzzer and AFL++ as well, which bring their own.
//
//     zygote                                   runner (forked, one input after another)
//     pulsegate_fuzz_fork()  ──────────────▶   pulsegate_fuzz_scan() after each input
//       waits, watches the CPU clock           pulsegate_fuzz_open_gate() for inputs whose compares are wanted
//       reads the slot of the dead   ◀──────   a fatal signal fills the shard's slot and leaves by _exit
//
// The shard (struct pulsegate_fuzz_shard and what follows it in the file) is mapped by all of them and stays on the disk when all are killed.
#ifndef PULSEGATE_FUZZING_RUNTIME_H
#define PULSEGATE_FUZZING_RUNTIME_H

#include "FuzzingCodeConstants.h"
#include "FuzzingDrivers.h"
#include "FuzzingStringHooks.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PULSEGATE_FUZZ_FRAMES = 64, PULSEGATE_FUZZ_TEXT = 64, PULSEGATE_FUZZ_RESERVED = 77 };

// ---- counters ------------------------------------------------------------------------------------------------------------------------------

// Edges that the instrumented modules count; 0 when nothing is instrumented.
uint32_t pulsegate_fuzz_edge_count(void);
// The address of an edge's code, 0 where the build has no PC table; `is_entry` tells a function's first block.
uintptr_t pulsegate_fuzz_edge_address(uint32_t edge, bool *is_entry);
// How many counter ranges and PC tables registered, and whether they fit together: 0 they do, 1 no counters, 2 no PC table, 3 sizes differ.
int pulsegate_fuzz_instrumentation_fault(void);
// A number for the instrumented code: its edges' addresses relative to the image, so that it is the same in each run of one build.
uint64_t pulsegate_fuzz_build_number(void);
void pulsegate_fuzz_clear_counters(void);
// Where no inline counters register, a coverage build's profile counters (-profile-generate -profile-coverage-mapping) stand in for them from now on,
// without addresses. False in any other build. Not for tests: their coverage report would be lost.
bool pulsegate_fuzz_use_profile_counters(void);
// Adds the counters to another engine's map, each at its number modulo `size`, and clears them.
void pulsegate_fuzz_fold_counters(uint8_t *map, uint32_t size);

typedef struct pulsegate_fuzz_scan {
    uint32_t fresh;   // pairs of edge and hit class that `virgin` had not seen
    uint32_t lit;     // edges that ran
    uint64_t hash;    // of the pairs: the path
    uint64_t work;    // sum of the counters (each at most 255): a measure of time that is the same in every run
} pulsegate_fuzz_scan;

// Reads and clears the counters. `virgin` has one byte for each edge, a bit for each hit class seen (1, 2, 3, 4 to 7, 8 to 15, 16 to 31, 32 to
// 127, more); with `claim` the new ones are marked as seen. `lit`, if not NULL, receives the pairs (edge * 8 + class), at most `capacity`.
void pulsegate_fuzz_collect(uint8_t *virgin, bool claim, uint32_t *lit, uint32_t capacity, pulsegate_fuzz_scan *out);

// The deepest stack since the last call, in bytes below the frame of the caller of `pulsegate_fuzz_mark_stack`.
void pulsegate_fuzz_mark_stack(void);
uint64_t pulsegate_fuzz_stack_depth(void);
// The frame of the last call of `pulsegate_fuzz_mark_stack`, 0 before the first: what lies above it is not the target's.
uintptr_t pulsegate_fuzz_stack_mark(void);

// ---- compares ------------------------------------------------------------------------------------------------------------------------------

typedef struct pulsegate_fuzz_compare {
    uint64_t site;       // address relative to the image; of a switch: plus the number of the case in the top 16 bits
    uint64_t a, b;       // of a compare with a constant, `b` is the constant; of texts a number for each
    uint32_t occurrence; // how often the site had been reached in this run
    uint8_t size;        // bytes: 1, 2, 4, 8
    uint8_t kind;        // pulsegate_fuzz_compare_kind
    uint16_t text;       // for texts: index into the texts
} pulsegate_fuzz_compare;

enum pulsegate_fuzz_compare_kind {
    PULSEGATE_FUZZ_VARIABLE = 0,
    PULSEGATE_FUZZ_CONSTANT = 1,
    PULSEGATE_FUZZ_SWITCH = 2,
    PULSEGATE_FUZZ_TEXT_COMPARE = 3,
};

// A compare of texts or byte strings, each cut to PULSEGATE_FUZZ_TEXT bytes; the lengths are those before the cut.
typedef struct pulsegate_fuzz_text {
    uint32_t a_length, b_length;
    uint8_t kind;  // 0 equality, 1 order, 2 prefix, 3 suffix, 4 hash (a alone), 5 case of a switch, 6 bytes
    uint8_t holds; // whether the compare held, as far as the bytes that were kept tell; a hash never holds
    uint8_t a[PULSEGATE_FUZZ_TEXT], b[PULSEGATE_FUZZ_TEXT];
} pulsegate_fuzz_text;

enum { PULSEGATE_FUZZ_COMPARES = 16384, PULSEGATE_FUZZ_TEXTS = 1024 };

// Opens the gate: from now on compares are written down, each site at most `per_site` times.
void pulsegate_fuzz_open_gate(uint32_t per_site);
// A run with an open gate that makes more compares than this ends as one that is out of time (SIGXCPU); 0 for no limit.
void pulsegate_fuzz_limit_calls(uint64_t most);
// Opens the gate for counting alone: nothing is written down.
void pulsegate_fuzz_open_count(void);
// Opens the gate for progress alone: where a compare comes closer than `features` says its site ever came, or two sides meet at a new value, it is
// marked there (`pulsegate_fuzz_feature` tells the place) and counted. A few nanoseconds a compare; nothing is written down.
void pulsegate_fuzz_open_progress(uint8_t *features);
// How many features the last run with a gate opened for progress marked.
uint32_t pulsegate_fuzz_progress(void);
// A place in a map of 2^18 features.
uint32_t pulsegate_fuzz_feature(uint64_t site, uint64_t value, uint64_t domain);
// Where the gate is open: forgets what was written down so far, so that what follows is all there is.
void pulsegate_fuzz_forget_compares(void);
void pulsegate_fuzz_close_gate(void);
// From now on the log is shared with processes forked after this, so that what a run compared can be read when it has died; false without memory.
bool pulsegate_fuzz_share_compares(void);
// Acts as a target that compares a little, so that an engine can be run in before there is one.
void pulsegate_fuzz_exercise(const uint8_t *bytes, size_t length);
// Compares made since the gate was opened, those not written down included: work that does not overflow, the same in every run.
uint64_t pulsegate_fuzz_calls(void);
// What the last opened gate let through, in order.
uint32_t pulsegate_fuzz_compares(const pulsegate_fuzz_compare **out);
uint32_t pulsegate_fuzz_texts(const pulsegate_fuzz_text **out);
// Has texts told to a function instead of written down, for who wants to see what the hooks see; NULL ends it.
typedef void (*pulsegate_fuzz_listener)(
    const void *site, const uint8_t *a, uint32_t a_length, const uint8_t *b, uint32_t b_length, uint8_t kind);
void pulsegate_fuzz_listen(pulsegate_fuzz_listener heard);
// The string hooks write texts down through pulsegate_fuzz_log_text (FuzzingStringHooks.h).

// ---- shards --------------------------------------------------------------------------------------------------------------------------------

enum pulsegate_fuzz_death {
    PULSEGATE_FUZZ_ALIVE = 0,
    PULSEGATE_FUZZ_SIGNAL = 1,
    PULSEGATE_FUZZ_STACK_OVERFLOW = 2,
    PULSEGATE_FUZZ_TIMEOUT = 3,
    PULSEGATE_FUZZ_OUT_OF_MEMORY = 4,
    PULSEGATE_FUZZ_EXIT = 5,      // the target left by exit or _exit, or was killed by somebody else
    PULSEGATE_FUZZ_FAILURE = 6,   // the target said so: an error thrown, an expectation not met
};

typedef struct pulsegate_fuzz_shard {
    uint64_t magic, format, build, size;
    uint64_t seed;
    uint64_t generator0, generator1, generator2, generator3;
    // Counts since the campaign began.
    uint64_t executions, traced, restarts, crashes, imported;
    uint64_t entries, arena_used, lists_used;      // published last, after what they count is written
    uint64_t edges_seen, features_seen, last_find, depth_seen, work_seen;
    uint64_t cpu_nanoseconds, peak_resident;
    uint64_t unstable, stability_checks;
    // What runs now.
    uint64_t stop;              // asked to end: 1 stop
    uint64_t execution_limit;   // 0: none
    uint64_t in_flight;         // 1 while the target runs
    uint64_t input_length;
    uint64_t parent, operators;
    uint64_t stage, stage_entry, stage_step, stage_crashes;
    uint64_t crashed_steps0, crashed_steps1, crashed_steps2, crashed_steps3;
    uint64_t tokens;
    uint64_t calls_seen;
    uint64_t analysis_executions;
    // The compare that the running input is meant to meet; 0 for none.
    uint64_t goal_site, goal_value;
    uint64_t longest_find;
    // Seeds that were begun, so that one that kills is not run for ever; all ones when none is left.
    uint64_t planted;
    // What an entry is being changed to (its number plus one; 0: none): three words of it change, and who is killed in between leaves it to the next.
    uint64_t shortening, shortened_offset, shortened_length, shortened_hash;
    uint64_t reserved[5];
    // The slot of the dead; `death` is written last.
    uint64_t death, signal, fault_address, frame_count, output_length;
    uint64_t image_base;
    uint64_t frames[PULSEGATE_FUZZ_FRAMES];
    char output[2048];
} pulsegate_fuzz_shard;

// One input of the corpus. Its bytes are in the arena, what it lit in the lists.
typedef struct pulsegate_fuzz_entry {
    uint64_t offset, hash, path, found_at, list_offset;
    uint32_t length, capacity, parent, operators, list_count, work, flags, analysed;
    uint32_t chosen, finds, crashes, depth;
} pulsegate_fuzz_entry;

// Maps `size` bytes of a file (made if need be, sparse), shared. NULL with errno.
void *pulsegate_fuzz_map(const char *path, uint64_t size);
void pulsegate_fuzz_unmap(void *memory, uint64_t size);
void pulsegate_fuzz_publish(uint64_t *word, uint64_t value);
uint64_t pulsegate_fuzz_observe(const uint64_t *word);

// ---- processes -----------------------------------------------------------------------------------------------------------------------------

// Starts this program again, once, with its memory laid out in the same way in every run and with Swift's hashes the same, as far as the system
// lets it: addresses and orders of sets would otherwise make two campaigns of one seed differ. Returns where that is done, or cannot be.
void pulsegate_fuzz_fix_layout(void);
// Forks; in the child returns 0. The child dies with its parent.
int pulsegate_fuzz_fork(void);
// In a zygote, before it forks: what all its runners need and what is dear to find. Runners do it themselves where it was not done.
void pulsegate_fuzz_prepare_runners(void);
// In a runner: handlers for fatal signals that fill the slot of `shard`, standard error into `capture` (-1: as it is), standard output nowhere.
void pulsegate_fuzz_become_runner(pulsegate_fuzz_shard *shard, int capture, uint64_t memory_limit);
// Ends the runner as failed with a message; never returns. For errors thrown and expectations not met.
void pulsegate_fuzz_fail(pulsegate_fuzz_shard *shard, const char *message, size_t length, const void *site) __attribute__((noreturn));
int pulsegate_fuzz_capture(void);
void pulsegate_fuzz_close(int file);
// Waits for the end of a child: 1 with its status, 0 while it runs, -1 when there is none.
int pulsegate_fuzz_wait(int pid, bool block, int *status);
// Waits at most so long for the end of a child: 1 with its status, 0 while it runs, -1 when there is none.
int pulsegate_fuzz_await(int pid, int64_t nanoseconds, int *status);
// Nanoseconds of CPU that a process has used, -1 if unknown; of 0: this process and its children that have ended.
int64_t pulsegate_fuzz_cpu(int pid);
int64_t pulsegate_fuzz_clock(void);
void pulsegate_fuzz_pause(int64_t nanoseconds);
void pulsegate_fuzz_kill(int pid, int signal);
void pulsegate_fuzz_leave(int status) __attribute__((noreturn));
// From the first call on SIGINT, SIGTERM and SIGHUP no longer end the process but are noted: a campaign then ends in order.
void pulsegate_fuzz_catch_stop(void);
bool pulsegate_fuzz_stop_asked(void);
// Whether Swift's own crash handler stands in the way (SWIFT_BACKTRACE asks for it), and whether an address sanitizer is linked.
bool pulsegate_fuzz_backtracer_enabled(void);
bool pulsegate_fuzz_sanitizer_linked(const char *name);

// The function around an address: mangled name, offset and image file; false when none is known.
bool pulsegate_fuzz_symbol(uintptr_t address, char *name, size_t name_size, uint64_t *offset, char *image, size_t image_size, uint64_t *relative);

// Where the executable is loaded.
uintptr_t pulsegate_fuzz_image_base(void);
// A mangled name as people write it, in `text`; false where the runtime cannot tell.
bool pulsegate_fuzz_demangle(const char *name, char *text, size_t size);
// Runs a program (looked up in PATH) and reads what it writes to standard output: the bytes there were, at most `size` of which are kept; -1 on failure.
int64_t pulsegate_fuzz_output_of(const char *const *arguments, char *out, size_t size);

// The function that libFuzzer's targets export, where one is linked: NULL else.
typedef int (*pulsegate_fuzz_c_target)(const uint8_t *, size_t);
pulsegate_fuzz_c_target pulsegate_fuzz_linked_target(void);

#endif
