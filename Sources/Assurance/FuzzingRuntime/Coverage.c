// Counters: one byte an edge, in the sections that the linker gathers.
#include "include/FuzzingRuntime.h"
#include "Callback.h"
#include "Image.h"
#include "ProfileCounters.h"
#include <string.h>

enum { RANGES = 64 };
typedef struct { uint8_t *begin, *end; } range;
typedef struct { const uintptr_t *begin, *end; } table;

static range ranges[RANGES];
static table tables[RANGES];
static uint32_t range_count, table_count;
static bool too_many;

PULSEGATE_FUZZ_CALLBACK void __sanitizer_cov_8bit_counters_init(uint8_t *begin, uint8_t *end) {
    if (begin == end) return;
    for (uint32_t i = 0; i < range_count; i++)
        if (ranges[i].begin == begin) return;
    if (range_count == RANGES) { too_many = true; return; }
    ranges[range_count++] = (range){begin, end};
}

PULSEGATE_FUZZ_CALLBACK void __sanitizer_cov_pcs_init(const uintptr_t *begin, const uintptr_t *end) {
    if (begin == end) return;
    for (uint32_t i = 0; i < table_count; i++)
        if (tables[i].begin == begin) return;
    if (table_count == RANGES) { too_many = true; return; }
    tables[table_count++] = (table){begin, end};
}

uint32_t pulsegate_fuzz_edge_count(void) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < range_count; i++) count += (uint32_t)(ranges[i].end - ranges[i].begin);
    return range_count ? count : pulsegate_fuzz_profile_count();
}

uintptr_t pulsegate_fuzz_edge_address(uint32_t edge, bool *is_entry) {
    for (uint32_t i = 0; i < table_count; i++) {
        uint32_t count = (uint32_t)((tables[i].end - tables[i].begin) / 2);
        if (edge < count) {
            if (is_entry) *is_entry = tables[i].begin[2 * edge + 1] & 1;
            return tables[i].begin[2 * edge];
        }
        edge -= count;
    }
    if (is_entry) *is_entry = false;
    return 0;
}

int pulsegate_fuzz_instrumentation_fault(void) {
    if (range_count == 0) return pulsegate_fuzz_profile_count() ? 0 : 1;
    if (table_count == 0) return 2;
    uint32_t addresses = 0;
    for (uint32_t i = 0; i < table_count; i++) addresses += (uint32_t)((tables[i].end - tables[i].begin) / 2);
    return too_many || addresses != pulsegate_fuzz_edge_count() ? 3 : 0;
}

uint64_t pulsegate_fuzz_build_number(void) {
    if (range_count == 0) return pulsegate_fuzz_profile_number();
    uint64_t hash = 0xcbf29ce484222325u;
    uint32_t count = pulsegate_fuzz_edge_count();
    for (uint32_t edge = 0; edge < count; edge++) {
        // Entries of functions that the linker took from elsewhere, or dropped (0), lie outside of the image, at another distance in each run.
        uint64_t address = pulsegate_fuzz_relative(pulsegate_fuzz_edge_address(edge, NULL));
        if (address >= (uint64_t)1 << 32) address = 0;
        hash = (hash ^ address) * 0x100000001b3u;
        hash ^= hash >> 29;
    }
    return hash ^ count;
}

void pulsegate_fuzz_clear_counters(void) {
    if (range_count == 0) pulsegate_fuzz_profile_clear();
    for (uint32_t i = 0; i < range_count; i++) memset(ranges[i].begin, 0, (size_t)(ranges[i].end - ranges[i].begin));
}

void pulsegate_fuzz_fold_counters(uint8_t *map, uint32_t size) {
    uint32_t base = 0;
    for (uint32_t i = 0; i < range_count; i++) {
        for (uint8_t *at = ranges[i].begin; at < ranges[i].end; at++) {
            if (!*at) continue;
            uint8_t *slot = &map[(base + (uint32_t)(at - ranges[i].begin)) % size];
            uint32_t sum = (uint32_t)*slot + *at;
            *slot = sum > 255 ? 255 : (uint8_t)sum;
            *at = 0;
        }
        base += (uint32_t)(ranges[i].end - ranges[i].begin);
    }
}

// A bit for each hit class.
static const uint8_t class_bit[256] = {
    [1] = 1, [2] = 2, [3] = 4, [4 ... 7] = 8, [8 ... 15] = 16, [16 ... 31] = 32, [32 ... 127] = 64, [128 ... 255] = 128,
};

typedef struct {
    uint8_t *virgin;
    uint32_t *lit;
    uint32_t capacity, lit_count;
    bool claim;
    pulsegate_fuzz_scan *out;
} scan_state;

static inline __attribute__((always_inline)) void visit(scan_state *state, uint32_t edge, uint8_t count) {
    uint8_t bit = class_bit[count];
    uint32_t feature = edge * 8 + (uint32_t)__builtin_ctz(bit);
    state->out->lit++;
    state->out->work += count;
    uint64_t mixed = (feature + 1) * 0x9e3779b97f4a7c15u;
    state->out->hash += mixed ^ (mixed >> 32);
    if (!(state->virgin[edge] & bit)) {
        state->out->fresh++;
        if (state->claim) state->virgin[edge] |= bit;
    }
    if (state->lit && state->lit_count < state->capacity) state->lit[state->lit_count++] = feature;
}

static void visit_region(void *state, uint32_t region, uint8_t count) { visit(state, region, count); }

void pulsegate_fuzz_collect(uint8_t *virgin, bool claim, uint32_t *lit, uint32_t capacity, pulsegate_fuzz_scan *out) {
    *out = (pulsegate_fuzz_scan){0, 0, 0, 0};
    scan_state state = {virgin, lit, capacity, 0, claim, out};
    if (range_count == 0) pulsegate_fuzz_profile_collect(visit_region, &state);
    uint32_t base = 0;
    for (uint32_t i = 0; i < range_count; i++) {
        uint8_t *at = ranges[i].begin, *end = ranges[i].end;
        uint8_t *first = at;
        while (at < end && ((uintptr_t)at & 7)) {
            if (*at) { visit(&state, base + (uint32_t)(at - first), *at); *at = 0; }
            at++;
        }
        while (end - at >= 8) {
            // Long stretches of silence are the rule: 64 bytes at a time.
            while (end - at >= 64) {
                uint64_t w[8];
                memcpy(w, at, 64);
                if (w[0] | w[1] | w[2] | w[3] | w[4] | w[5] | w[6] | w[7]) break;
                at += 64;
            }
            if (end - at < 8) break;
            uint8_t *stop = end - at >= 64 ? at + 64 : at + ((end - at) & ~(ptrdiff_t)7);
            for (; at < stop; at += 8) {
                uint64_t word;
                memcpy(&word, at, 8);
                if (!word) continue;
                memset(at, 0, 8);
                while (word) {
                    uint32_t byte = (uint32_t)__builtin_ctzll(word) / 8;
                    visit(&state, base + (uint32_t)(at - first) + byte, (uint8_t)(word >> (8 * byte)));
                    word &= ~(0xffull << (8 * byte));
                }
            }
        }
        while (at < end) {
            if (*at) { visit(&state, base + (uint32_t)(at - first), *at); *at = 0; }
            at++;
        }
        base += (uint32_t)(end - first);
    }
}

// The lowest stack pointer that instrumented code has seen on this thread. The name and the model are the compiler's.
__attribute__((weak)) __thread uintptr_t __sancov_lowest_stack;
static uintptr_t stack_mark;

void pulsegate_fuzz_mark_stack(void) {
    stack_mark = (uintptr_t)__builtin_frame_address(0);
    __sancov_lowest_stack = stack_mark;
    if (range_count == 0) pulsegate_fuzz_profile_mark();
}

uintptr_t pulsegate_fuzz_stack_mark(void) { return stack_mark; }

uint64_t pulsegate_fuzz_stack_depth(void) {
    return __sancov_lowest_stack < stack_mark ? stack_mark - __sancov_lowest_stack : 0;
}
