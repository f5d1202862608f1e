#pragma once
#include <stdint.h>

/// How often this process has asked for memory (malloc, calloc, realloc, aligned_alloc, posix_memalign), all threads together.
///
/// An executable that links this file gets its own malloc, which counts and hands on to glibc's. Never link it into a test bundle or under a
/// sanitizer, which bring their own.
uint64_t allocation_count(void);
