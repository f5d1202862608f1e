// The log of compares. Instrumented code calls these only while the gate is open.
#include "include/FuzzingRuntime.h"
#include "Callback.h"
#include "Image.h"
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

__attribute__((weak)) uint64_t __sancov_should_track = 0;

enum { SITES = 1 << 14 };
typedef struct {
    uint64_t calls;
    uint32_t compare_count, text_count;
    pulsegate_fuzz_compare compares[PULSEGATE_FUZZ_COMPARES];
    pulsegate_fuzz_text texts[PULSEGATE_FUZZ_TEXTS];
} compare_log;
static compare_log own;
// What is written to: memory of this process, or what it shares with the one that looks at it after its death.
static compare_log *written = &own;
static uint32_t limit;
static struct { uint64_t site; uint32_t generation, count; } sites[SITES];
static uint32_t generation;
static __thread bool inside;

// What is done with compares while the gate is open: written down, only counted, or held against how close the two sides of their site ever came.
typedef enum { WRITE, COUNT, ADVANCE } gate_mode;
static gate_mode mode;
static uint8_t *features;
static uint32_t advances;
static uint64_t most_calls = UINT64_MAX;

bool pulsegate_fuzz_share_compares(void) {
    if (written != &own) return true;
    void *memory = mmap(NULL, sizeof(compare_log), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return false;
    written = memory;
    return true;
}

void pulsegate_fuzz_open_gate(uint32_t per_site) {
    written->compare_count = written->text_count = 0;
    written->calls = 0;
    limit = per_site;
    generation++;
    mode = WRITE;
    __sancov_should_track = 1;
}

void pulsegate_fuzz_open_count(void) {
    written->compare_count = written->text_count = 0;
    written->calls = 0;
    mode = COUNT;
    __sancov_should_track = 1;
}

void pulsegate_fuzz_open_progress(uint8_t *map) {
    pulsegate_fuzz_open_count();
    features = map;
    advances = 0;
    mode = ADVANCE;
}

uint32_t pulsegate_fuzz_progress(void) { return mode == ADVANCE ? advances : 0; }

void pulsegate_fuzz_forget_compares(void) {
    if (__sancov_should_track && mode == WRITE) pulsegate_fuzz_open_gate(limit);
}

void pulsegate_fuzz_close_gate(void) { __sancov_should_track = 0; }
void pulsegate_fuzz_limit_calls(uint64_t most) { most_calls = most ? most : UINT64_MAX; }
uint64_t pulsegate_fuzz_calls(void) { return written->calls; }

uint32_t pulsegate_fuzz_compares(const pulsegate_fuzz_compare **out) {
    *out = written->compares;
    return written->compare_count;
}

uint32_t pulsegate_fuzz_texts(const pulsegate_fuzz_text **out) {
    *out = written->texts;
    return written->text_count;
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

// The place of a feature, as FuzzEngine.slot has it.
uint32_t pulsegate_fuzz_feature(uint64_t site, uint64_t value, uint64_t domain) {
    uint64_t hash = (site * 0x9e3779b97f4a7c15u) ^ (value * 0xc2b2ae3d27d4eb4fu) ^ (domain * 0x165667b19e3779f9u);
    hash ^= hash >> 29;
    hash *= 0xbf58476d1ce4e5b9u;
    return (uint32_t)(hash >> 46);
}

static void mark(uint64_t site, uint64_t value, uint64_t domain) {
    uint8_t *feature = &features[pulsegate_fuzz_feature(site, value, domain)];
    if (*feature) return;
    *feature = 1;
    advances++;
}

enum { MET_AT = 3, CROWD = 4, SAME_BITS = 5, DISTANCE = 6, MOST_MET = 64 };

// What this process knows to be marked: bits by the number of leading zeros. Another site in the same place forgets it.
static struct { uint64_t site, bits, distance; } marked[1 << 12];

static void advance(uint64_t site, uint64_t a, uint64_t b, uint8_t size, uint8_t kind) {
    // A single byte is found by chance.
    if (size == 1 && kind != PULSEGATE_FUZZ_VARIABLE) return;
    if (a == b) {
        if (kind != PULSEGATE_FUZZ_VARIABLE) return;
        // The value at which two sides met: how far a loop, a sequence, a state has come.
        uint8_t *feature = &features[pulsegate_fuzz_feature(site, a, MET_AT)];
        uint8_t *crowd = &features[pulsegate_fuzz_feature(site, 1, CROWD)];
        if (*feature || *crowd == MOST_MET) return;
        ++*crowd;
        *feature = 1;
        advances++;
        return;
    }
    uint32_t bits = (uint32_t)__builtin_clzll(a ^ b), distance = (uint32_t)__builtin_clzll(a > b ? a - b : b - a);
    uint32_t at = (uint32_t)((site * 0x9e3779b97f4a7c15u) >> 52);
    if (marked[at].site != site) {
        marked[at].site = site;
        marked[at].bits = marked[at].distance = 0;
    }
    if (!(marked[at].bits >> bits & 1)) {
        marked[at].bits |= 1ull << bits;
        mark(site, bits, SAME_BITS);
    }
    if (!(marked[at].distance >> distance & 1)) {
        marked[at].distance |= 1ull << distance;
        mark(site, distance, DISTANCE);
    }
}

static inline void note(uint64_t site, uint64_t a, uint64_t b, uint8_t size, uint8_t kind, uint16_t text) {
    if (++written->calls > most_calls) {
        // As if its time were over.
        most_calls = UINT64_MAX;
        raise(SIGXCPU);
    }
    if (mode != WRITE) {
        if (mode == ADVANCE) advance(site, a, b, size, kind);
        return;
    }
    bool is_text = kind == PULSEGATE_FUZZ_TEXT_COMPARE;
    if (size == 8 && !is_text && is_address(a) && (kind != PULSEGATE_FUZZ_VARIABLE || is_address(b))) return;
    if (written->compare_count == PULSEGATE_FUZZ_COMPARES) return;
    uint32_t occurrence = reach(site);
    if (occurrence == UINT32_MAX) return;
    written->compares[written->compare_count++] = (pulsegate_fuzz_compare){site, a, b, occurrence, size, kind, text};
}

#define SITE pulsegate_fuzz_relative((uintptr_t)__builtin_return_address(0))
#define COMPARE(name, type, bytes)                                                                          \
    PULSEGATE_FUZZ_CALLBACK void __sanitizer_cov_trace_cmp##bytes(type a, type b) {                           \
        if (__sancov_should_track) note(SITE, a, b, bytes, PULSEGATE_FUZZ_VARIABLE, 0);                     \
    }                                                                                                       \
    PULSEGATE_FUZZ_CALLBACK void __sanitizer_cov_trace_const_cmp##bytes(type constant, type value) {          \
        if (__sancov_should_track) note(SITE, value, constant, bytes, PULSEGATE_FUZZ_CONSTANT, 0);          \
    }
COMPARE(cmp1, uint8_t, 1)
COMPARE(cmp2, uint16_t, 2)
COMPARE(cmp4, uint32_t, 4)
COMPARE(cmp8, uint64_t, 8)

PULSEGATE_FUZZ_CALLBACK void __sanitizer_cov_trace_switch(uint64_t value, uint64_t *cases) {
    if (!__sancov_should_track) return;
    written->calls++;
    uint64_t count = cases[0], site = SITE;
    uint8_t size = (uint8_t)(cases[1] / 8);
    if (size != 1 && size != 2 && size != 4) size = 8;
    if (mode != WRITE && (mode == COUNT || size == 1)) return;
    for (uint64_t i = 0; i < count && i < 256; i++)
        note(site | (i + 1) << 48, value, cases[2 + i], size, PULSEGATE_FUZZ_SWITCH, 0);
}

PULSEGATE_FUZZ_CALLBACK void __sanitizer_cov_trace_pc_indir(uintptr_t callee) { (void)callee; }
PULSEGATE_FUZZ_CALLBACK void __sanitizer_cov_trace_div4(uint32_t value) {
    if (__sancov_should_track) note(SITE, value, 0, 4, PULSEGATE_FUZZ_CONSTANT, 0);
}
PULSEGATE_FUZZ_CALLBACK void __sanitizer_cov_trace_div8(uint64_t value) {
    if (__sancov_should_track) note(SITE, value, 0, 8, PULSEGATE_FUZZ_CONSTANT, 0);
}
PULSEGATE_FUZZ_CALLBACK void __sanitizer_cov_trace_gep(uintptr_t index) { (void)index; }

static pulsegate_fuzz_listener listener;
void pulsegate_fuzz_listen(pulsegate_fuzz_listener heard) { listener = heard; }

// By hand: memcmp is hooked.
static bool same(const uint8_t *a, const uint8_t *b, uint32_t length) {
    for (uint32_t i = 0; i < length && i < PULSEGATE_FUZZ_TEXT; i++)
        if (a[i] != b[i]) return false;
    return true;
}

static bool holds(uint8_t kind, const uint8_t *a, uint32_t a_length, const uint8_t *b, uint32_t b_length) {
    switch (kind) {
        case 2: return b_length <= a_length && same(a, b, b_length);
        case 3: return b_length <= a_length && same(a + (a_length - b_length), b, b_length);
        case 4: return false;
        default: return a_length == b_length && same(a, b, a_length);
    }
}

static uint64_t number_of(const uint8_t *bytes, uint32_t length) {
    uint64_t hash = 0xcbf29ce484222325u ^ length;
    for (uint32_t i = 0; i < length && i < PULSEGATE_FUZZ_TEXT; i++) hash = (hash ^ bytes[i]) * 0x100000001b3u;
    return hash;
}

extern char _end[];

// A library lies at another distance from the executable in every run; only the place within its page is the same. Without this a campaign would
// not be a function of its seed.
static uint64_t lasting_site(uintptr_t site) {
    if (site >= (uintptr_t)__executable_start && site < (uintptr_t)_end) return pulsegate_fuzz_relative(site);
    return (1ull << 46) | (site & 0xfff);
}

__attribute__((weak)) void pulsegate_fuzz_log_text(const void *site, const uint8_t *a, uint32_t a_length, const uint8_t *b, uint32_t b_length, uint8_t kind) {
    if (!__sancov_should_track || inside) return;
    if (listener) {
        listener(site, a, a_length, b, b_length, kind);
        return;
    }
    if (mode != WRITE) {
        written->calls++;
        if (mode == COUNT || kind == 4) return;
        uint32_t common = 0;
        while (common < a_length && common < b_length && common < PULSEGATE_FUZZ_TEXT && a[common] == b[common]) common++;
        mark(lasting_site((uintptr_t)site), common, 2);
        return;
    }
    if (written->text_count == PULSEGATE_FUZZ_TEXTS) return;
    inside = true;
    if (pulsegate_fuzz_tell_driver(site, a, a_length, b, b_length)) {
        inside = false;
        return;
    }
    pulsegate_fuzz_text *text = &written->texts[written->text_count];
    uint32_t before = written->compare_count;
    uint64_t first = number_of(a, a_length), second = number_of(b, b_length);
    note(lasting_site((uintptr_t)site), first, second, 8, PULSEGATE_FUZZ_TEXT_COMPARE, (uint16_t)written->text_count);
    if (written->compare_count > before) {
        text->a_length = a_length;
        text->b_length = b_length;
        text->kind = kind;
        text->holds = holds(kind, a, a_length, b, b_length);
        memcpy(text->a, a, a_length < PULSEGATE_FUZZ_TEXT ? a_length : PULSEGATE_FUZZ_TEXT);
        if (b_length) memcpy(text->b, b, b_length < PULSEGATE_FUZZ_TEXT ? b_length : PULSEGATE_FUZZ_TEXT);
        written->text_count++;
    }
    inside = false;
}

__attribute__((noinline)) void pulsegate_fuzz_exercise(const uint8_t *bytes, size_t length) {
    extern __thread uintptr_t __sancov_lowest_stack;
    uintptr_t mark = pulsegate_fuzz_stack_mark();
    __sancov_lowest_stack = mark - 65536 - 256 * length;
    if (!__sancov_should_track) return;
    if (length >= 4) {
        uint32_t word;
        memcpy(&word, bytes, sizeof word);
        __sanitizer_cov_trace_const_cmp4(0x5A465547, word);
        __sanitizer_cov_trace_cmp8(length, bytes[3]);
        uint64_t cases[] = {2, 8, 0x21, 0x3F};
        __sanitizer_cov_trace_switch(bytes[0], cases);
        static const uint8_t word_of_text[] = "exercise";
        pulsegate_fuzz_log_text((const void *)(uintptr_t)pulsegate_fuzz_exercise, bytes, 4, word_of_text, 8, 0);
    }
}
