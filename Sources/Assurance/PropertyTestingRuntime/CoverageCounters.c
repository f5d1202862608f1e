#include "CoverageCounters.h"

#include <string.h>

enum { STRETCH = 64, LINE = 8, COMMON_AFTER = 32, COMMON = 255 };

// Defined by the profile runtime, where it is linked.
extern char *__llvm_profile_begin_counters(void) __attribute__((weak));
extern char *__llvm_profile_end_counters(void) __attribute__((weak));

size_t pt_coverage_count(void) {
    if (!__llvm_profile_begin_counters || !__llvm_profile_end_counters) return 0;
    const char *begin = __llvm_profile_begin_counters();
    const char *end = __llvm_profile_end_counters();
    return begin && end > begin ? (size_t)(end - begin) / sizeof(uint64_t) : 0;
}

void pt_coverage_snapshot(uint64_t *previous, size_t count) {
    size_t available = pt_coverage_count();
    if (count > available) count = available;
    if (count > 0) memcpy(previous, __llvm_profile_begin_counters(), count * sizeof(uint64_t));
}

static uint64_t hit_class(uint64_t hits) {
    if (hits <= 3) return hits - 1;
    if (hits <= 7) return 3;
    if (hits <= 15) return 4;
    if (hits <= 31) return 5;
    return hits <= 127 ? 6 : 7;
}

void pt_coverage_refresh(uint64_t *previous, size_t count, uint8_t *stretches, int is_whole) {
    size_t available = pt_coverage_count();
    if (count > available) count = available;
    if (count == 0) return;
    const uint64_t *counters = (const uint64_t *)(const void *)__llvm_profile_begin_counters();
    for (size_t start = 0; start < count; start += STRETCH) {
        size_t end = count - start < STRETCH ? count : start + STRETCH;
        size_t size = (end - start) * sizeof(uint64_t);
        if (is_whole && memcmp(counters + start, previous + start, size) != 0) stretches[start / STRETCH] = 1;
        if (stretches[start / STRETCH]) memcpy(previous + start, counters + start, size);
    }
}

size_t pt_coverage_stretches(size_t count) { return (count + STRETCH - 1) / STRETCH; }

// Whether a feature is still told: not one that so many of the first cases had.
static int is_told(uint8_t *seen, int is_early) {
    if (*seen == COMMON) return 0;
    if (*seen < COMMON_AFTER) {
        *seen += 1;
        if (*seen == COMMON_AFTER && is_early) {
            *seen = COMMON;
            return 0;
        }
    }
    return 1;
}

size_t pt_coverage_collect(uint64_t *previous, size_t count, uint8_t *stretches, uint8_t *seen, int is_early, uint64_t *features,
                           size_t capacity) {
    size_t available = pt_coverage_count();
    if (count > available) count = available;
    if (count == 0) return 0;
    const uint64_t *counters = (const uint64_t *)(const void *)__llvm_profile_begin_counters();
    size_t found = 0;
    // Most counters stand still during a case: whole stretches are compared at once, and lines within those that changed.
    for (size_t start = 0; start < count; start += STRETCH) {
        size_t end = count - start < STRETCH ? count : start + STRETCH;
        if (memcmp(counters + start, previous + start, (end - start) * sizeof(uint64_t)) == 0) continue;
        stretches[start / STRETCH] = 1;
        for (size_t line = start; line < end; line += LINE) {
            size_t line_end = end - line < LINE ? end : line + LINE;
            if (memcmp(counters + line, previous + line, (line_end - line) * sizeof(uint64_t)) == 0) continue;
            for (size_t number = line; number < line_end; number++) {
                uint64_t now = counters[number];
                uint64_t before = previous[number];
                if (now == before) continue;
                previous[number] = now;
                uint64_t feature = (uint64_t)number * 8 + hit_class(now - before);
                if (found < capacity && is_told(seen + feature, is_early)) features[found++] = feature;
            }
        }
    }
    return found;
}
