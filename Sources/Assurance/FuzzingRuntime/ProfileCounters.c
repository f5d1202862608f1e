// Profile counters: 8 bytes a region of the source, made by -profile-generate -profile-coverage-mapping without any unsafe flag.
//
// They cost a scan of eight times the memory, and know no compares and no edges between two regions: what a suite falls back to whose modules have no
// inline counters. The flags hold for all modules, the engine's too. What counts between two runs of the target is therefore masked for good.
#include "ProfileCounters.h"
#include "include/FuzzingRuntime.h"
#include <stdlib.h>
#include <string.h>

__attribute__((weak)) uint64_t *__llvm_profile_begin_counters(void);
__attribute__((weak)) uint64_t *__llvm_profile_end_counters(void);
__attribute__((weak)) const char *__llvm_profile_begin_names(void);
__attribute__((weak)) const char *__llvm_profile_end_names(void);
__attribute__((weak)) void __llvm_profile_set_filename(const char *);
__attribute__((weak)) void __llvm_profile_reset_counters(void);
__attribute__((weak)) int __llvm_profile_write_file(void);

static uint64_t *counters;
static uint32_t count;
static uint8_t *is_own;

bool pulsegate_fuzz_use_profile_counters(void) {
    if (!__llvm_profile_begin_counters || !__llvm_profile_end_counters) return false;
    uint64_t *begin = __llvm_profile_begin_counters(), *end = __llvm_profile_end_counters();
    if (!begin || end <= begin || end - begin > INT32_MAX / 8) return false;
    is_own = calloc((size_t)(end - begin), 1);
    if (!is_own) return false;
    counters = begin;
    count = (uint32_t)(end - begin);
    // The counts are cleared again and again: a profile of them would say nothing. (The empty file
    // that the profile runtime makes when a process starts is its own.)
    if (__llvm_profile_set_filename) __llvm_profile_set_filename("/dev/null");
    return true;
}

uint32_t pulsegate_fuzz_profile_count(void) { return count; }

uint64_t pulsegate_fuzz_profile_number(void) {
    if (!count || !__llvm_profile_begin_names || !__llvm_profile_end_names) return count;
    uint64_t hash = 0xcbf29ce484222325u;
    for (const char *at = __llvm_profile_begin_names(), *end = __llvm_profile_end_names(); at < end; at++)
        hash = (hash ^ (uint8_t)*at) * 0x100000001b3u;
    return hash ^ count;
}

void pulsegate_fuzz_profile_clear(void) {
    if (count) memset(counters, 0, count * sizeof *counters);
}

void pulsegate_fuzz_profile_mark(void) {
    for (uint32_t at = 0; at < count; at++) {
        if (!counters[at]) continue;
        is_own[at] = 1;
        counters[at] = 0;
    }
}

void pulsegate_fuzz_profile_collect(void (*visit)(void *, uint32_t, uint8_t), void *state) {
    for (uint32_t at = 0; at < count; at++) {
        uint64_t times = counters[at];
        if (!times) continue;
        counters[at] = 0;
        if (!is_own[at]) visit(state, at, times > 255 ? 255 : (uint8_t)times);
    }
}

// Whether processes that fork each add what they ran to one profile: `%m` or `%4m` in its name makes the runtime merge, under a lock. By any other name
// the last to leave would write over what the others left; and by none, into the folder that the user happens to be in.
static bool adds_to_profile(void) {
    if (!__llvm_profile_write_file || !__llvm_profile_reset_counters || count) return false;
    for (const char *at = getenv("LLVM_PROFILE_FILE"); at && *at; at++) {
        if (*at != '%') continue;
        if (at[1] == 'm' || (at[1] >= '1' && at[1] <= '9' && at[2] == 'm')) return true;
        if (at[1] == '%') at++;
    }
    return false;
}

void pulsegate_fuzz_begin_profile(void) {
    if (adds_to_profile()) __llvm_profile_reset_counters();
}

void pulsegate_fuzz_end_profile(void) {
    if (adds_to_profile()) __llvm_profile_write_file();
}
