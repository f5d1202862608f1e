// What the counters of a coverage build say about one case.
//
// A build with coverage (`swift test --enable-code-coverage`) counts how often each region of the code ran, in 64-bit counters. They are read
// and never reset: the report that the build is made for stays true. Differences are taken against a copy that the caller keeps.
// In a build without coverage there are no counters and every call does nothing.
//
// The counters belong to the process: code that runs on other threads meanwhile is counted too.
#ifndef PROPERTY_TESTING_COVERAGE_COUNTERS_H
#define PROPERTY_TESTING_COVERAGE_COUNTERS_H

#include <stddef.h>
#include <stdint.h>

// How many counters there are; 0 without coverage.
size_t pt_coverage_count(void);

// Copies the counters to `previous`, which has room for `count` of them.
void pt_coverage_snapshot(uint64_t *previous, size_t count);

// How many stretches so many counters make up.
size_t pt_coverage_stretches(size_t count);

// Brings those stretches of `previous` up to date that are marked, one byte for each; with `is_whole` marks all that differ before.
void pt_coverage_refresh(uint64_t *previous, size_t count, uint8_t *stretches, int is_whole);

// Writes the number of each counter that differs from `previous`, times 8, plus the class of the difference (1, 2, 3, 4 to 7, 8 to 15, 16 to 31,
// 32 to 127, more), brings `previous` up to date, and returns how many were written: at most `capacity`; further ones are dropped.
// Marks the stretches that changed. `seen`, 8 bytes for each counter and 0 at first, counts how often a feature was written, up to 32; what
// comes so far while `is_early` is never written again.
size_t pt_coverage_collect(uint64_t *previous, size_t count, uint8_t *stretches, uint8_t *seen, int is_early, uint64_t *features,
                           size_t capacity);

#endif
