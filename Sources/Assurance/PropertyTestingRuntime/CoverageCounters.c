#include "CoverageCounters.h"

#include <string.h>

enum { STRETCH = 64 };

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

size_t pt_coverage_collect(uint64_t *previous, size_t count, uint64_t *features, size_t capacity) {
    size_t available = pt_coverage_count();
    if (count > available) count = available;
    if (count == 0) return 0;
    const uint64_t *counters = (const uint64_t *)(const void *)__llvm_profile_begin_counters();
    size_t found = 0;
    // Most counters stand still during a case: whole stretches are compared at once.
    for (size_t start = 0; start < count; start += STRETCH) {
        size_t end = count - start < STRETCH ? count : start + STRETCH;
        if (memcmp(counters + start, previous + start, (end - start) * sizeof(uint64_t)) == 0) continue;
        for (size_t number = start; number < end; number++) {
            uint64_t now = counters[number];
            uint64_t before = previous[number];
            if (now == before) continue;
            previous[number] = now;
            if (found < capacity) features[found++] = (uint64_t)number * 8 + hit_class(now - before);
        }
    }
    return found;
}
