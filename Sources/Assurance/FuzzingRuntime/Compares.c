// The log of compares. Instrumented code calls these only while the gate is open.
#include "include/FuzzingRuntime.h"
#include "Image.h"
#include <string.h>

__attribute__((weak)) uint64_t __sancov_should_track = 0;

enum { SITES = 1 << 14 };
static pulsegate_fuzz_compare compares[PULSEGATE_FUZZ_COMPARES];
static pulsegate_fuzz_text texts[PULSEGATE_FUZZ_TEXTS];
static uint32_t compare_count, text_count, limit;
static uint64_t calls;
static struct { uint64_t site; uint32_t generation, count; } sites[SITES];
static uint32_t generation;
static __thread bool inside;

void pulsegate_fuzz_open_gate(uint32_t per_site) {
    compare_count = text_count = 0;
    calls = 0;
    limit = per_site;
    generation++;
    __sancov_should_track = 1;
}

void pulsegate_fuzz_close_gate(void) { __sancov_should_track = 0; }
uint64_t pulsegate_fuzz_calls(void) { return calls; }

uint32_t pulsegate_fuzz_compares(const pulsegate_fuzz_compare **out) {
    *out = compares;
    return compare_count;
}

uint32_t pulsegate_fuzz_texts(const pulsegate_fuzz_text **out) {
    *out = texts;
    return text_count;
}

// How often the site was reached before, in this run; UINT32_MAX when it has had its share.
static uint32_t reach(uint64_t site) {
    uint32_t slot = (uint32_t)((site * 0x9e3779b97f4a7c15u) >> 50);
    for (uint32_t probe = 0; probe < 16; probe++, slot = (slot + 1) % SITES) {
        if (sites[slot].generation != generation) {
            sites[slot].site = site;
            sites[slot].generation = generation;
            sites[slot].count = 1;
            return 0;
        }
        if (sites[slot].site == site) return sites[slot].count < limit ? sites[slot].count++ : UINT32_MAX;
    }
    return UINT32_MAX;
}

// Where programs, heaps and stacks lie. Compares of addresses are other numbers in every run, and no input says what they want to be.
static inline bool is_address(uint64_t value) { return value - 0x500000000000u < 0x300000000000u; }

static inline void note(uint64_t site, uint64_t a, uint64_t b, uint8_t size, uint8_t kind, uint16_t text) {
    calls++;
    if (size == 8 && is_address(a) && (kind != PULSEGATE_FUZZ_VARIABLE || is_address(b))) return;
    if (compare_count == PULSEGATE_FUZZ_COMPARES) return;
    uint32_t occurrence = reach(site);
    if (occurrence == UINT32_MAX) return;
    compares[compare_count++] = (pulsegate_fuzz_compare){site, a, b, occurrence, size, kind, text};
}

#define SITE pulsegate_fuzz_relative((uintptr_t)__builtin_return_address(0))
#define COMPARE(name, type, bytes)                                                                          \
    __attribute__((weak)) void __sanitizer_cov_trace_cmp##bytes(type a, type b) {                           \
        if (__sancov_should_track) note(SITE, a, b, bytes, PULSEGATE_FUZZ_VARIABLE, 0);                     \
    }                                                                                                       \
    __attribute__((weak)) void __sanitizer_cov_trace_const_cmp##bytes(type constant, type value) {          \
        if (__sancov_should_track) note(SITE, value, constant, bytes, PULSEGATE_FUZZ_CONSTANT, 0);          \
    }
COMPARE(cmp1, uint8_t, 1)
COMPARE(cmp2, uint16_t, 2)
COMPARE(cmp4, uint32_t, 4)
COMPARE(cmp8, uint64_t, 8)

__attribute__((weak)) void __sanitizer_cov_trace_switch(uint64_t value, uint64_t *cases) {
    if (!__sancov_should_track) return;
    calls++;
    uint64_t count = cases[0], site = SITE;
    uint8_t size = (uint8_t)(cases[1] / 8);
    if (size != 1 && size != 2 && size != 4) size = 8;
    for (uint64_t i = 0; i < count && i < 256; i++)
        note(site | (i + 1) << 48, value, cases[2 + i], size, PULSEGATE_FUZZ_SWITCH, 0);
}

__attribute__((weak)) void __sanitizer_cov_trace_pc_indir(uintptr_t callee) { (void)callee; }
__attribute__((weak)) void __sanitizer_cov_trace_div4(uint32_t value) {
    if (__sancov_should_track) note(SITE, value, 0, 4, PULSEGATE_FUZZ_CONSTANT, 0);
}
__attribute__((weak)) void __sanitizer_cov_trace_div8(uint64_t value) {
    if (__sancov_should_track) note(SITE, value, 0, 8, PULSEGATE_FUZZ_CONSTANT, 0);
}
__attribute__((weak)) void __sanitizer_cov_trace_gep(uintptr_t index) { (void)index; }

extern char _end[];

// A library lies at another distance from the executable in every run; only the place within its page is the same. Without this a campaign would
// not be a function of its seed.
static uint64_t lasting_site(uintptr_t site) {
    if (site >= (uintptr_t)__executable_start && site < (uintptr_t)_end) return pulsegate_fuzz_relative(site);
    return (1ull << 46) | (site & 0xfff);
}

__attribute__((weak)) void pulsegate_fuzz_log_text(const void *site, const uint8_t *a, uint32_t a_length, const uint8_t *b, uint32_t b_length, uint8_t kind) {
    if (!__sancov_should_track || inside || text_count == PULSEGATE_FUZZ_TEXTS) return;
    inside = true;
    pulsegate_fuzz_text *text = &texts[text_count];
    uint32_t before = compare_count;
    note(lasting_site((uintptr_t)site), a_length, b_length, 8, PULSEGATE_FUZZ_TEXT_COMPARE, (uint16_t)text_count);
    if (compare_count > before) {
        text->a_length = a_length;
        text->b_length = b_length;
        text->kind = kind;
        memcpy(text->a, a, a_length < PULSEGATE_FUZZ_TEXT ? a_length : PULSEGATE_FUZZ_TEXT);
        if (b_length) memcpy(text->b, b, b_length < PULSEGATE_FUZZ_TEXT ? b_length : PULSEGATE_FUZZ_TEXT);
        text_count++;
    }
    inside = false;
}
