#pragma once
#include <stddef.h>

/// Bytes of heap in use in this process (glibc's mallinfo2, all arenas), which Swift's Glibc module does not show.
size_t heap_bytes_in_use(void);
