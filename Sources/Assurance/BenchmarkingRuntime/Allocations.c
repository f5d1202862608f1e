// Counts allocations by standing in front of glibc's allocator.
//
// The executable's definitions are found before libc's by every library in the process, so that the Swift runtime's and Foundation's
// allocations count too. The counters are the thread's own: no locked instruction, a nanosecond a call.
#include "BenchmarkingRuntime.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define PULSEGATE_BENCH_SANITIZED 1
#endif
#endif

static _Thread_local struct pulsegate_bench_allocations own;
static pulsegate_bench_counts shared;

#ifndef PULSEGATE_BENCH_SANITIZED

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

// Of all threads. One relaxed addition to a line of memory that another thread may own too would cost more than all the rest: each thread
// adds to a slot of its own, chosen once; threads beyond the number of slots share.
#define SLOTS 64
static struct {
    _Atomic uint64_t count, bytes, releases;
    char apart[64 - 3 * sizeof(uint64_t)];
} slots[SLOTS] __attribute__((aligned(64)));
static _Atomic uint32_t next_slot;
static _Thread_local uint32_t slot;  // plus one; 0: none yet

static inline uint32_t own_slot(void) {
    if (slot == 0) slot = 1 + atomic_fetch_add_explicit(&next_slot, 1, memory_order_relaxed) % SLOTS;
    return slot - 1;
}

static inline void add(_Atomic uint64_t *counter, uint64_t amount, bool is_shared) {
    // A slot that only one thread uses needs no locked instruction.
    if (is_shared) {
        atomic_fetch_add_explicit(counter, amount, memory_order_relaxed);
    } else {
        atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + amount, memory_order_relaxed);
    }
}

static inline void counted(size_t bytes) {
    own.count += 1;
    own.bytes += bytes;
    uint32_t at = own_slot();
    bool is_shared = atomic_load_explicit(&next_slot, memory_order_relaxed) > SLOTS;
    add(&slots[at].count, 1, is_shared);
    add(&slots[at].bytes, bytes, is_shared);
}

void *malloc(size_t size) {
    counted(size);
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    size_t bytes;
    counted(__builtin_mul_overflow(number, size, &bytes) ? 0 : bytes);
    return __libc_calloc(number, size);
}

void *realloc(void *block, size_t size) {
    counted(size);
    return __libc_realloc(block, size);
}

void *memalign(size_t alignment, size_t size) {
    counted(size);
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    counted(size);
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size) {
    if (alignment < sizeof(void *) || (alignment & (alignment - 1)) != 0) return EINVAL;
    counted(size);
    void *made = __libc_memalign(alignment, size);
    if (made == NULL) return ENOMEM;
    *block = made;
    return 0;
}

void free(void *block) {
    if (block != NULL) {
        own.releases += 1;
        uint32_t at = own_slot();
        add(&slots[at].releases, 1, atomic_load_explicit(&next_slot, memory_order_relaxed) > SLOTS);
    }
    __libc_free(block);
}

struct pulsegate_bench_allocations pulsegate_bench_allocations_of_process(void) {
    struct pulsegate_bench_allocations sum = {0, 0, 0};
    for (int i = 0; i < SLOTS; i++) {
        sum.count += atomic_load_explicit(&slots[i].count, memory_order_relaxed);
        sum.bytes += atomic_load_explicit(&slots[i].bytes, memory_order_relaxed);
        sum.releases += atomic_load_explicit(&slots[i].releases, memory_order_relaxed);
    }
    return sum;
}

bool pulsegate_bench_counts_allocations(void) {
    if (shared != NULL) return true;
    if (dlsym(RTLD_DEFAULT, "malloc") != (void *)malloc) return false;
    // valgrind's checkers put their own allocator in the place of this one, which no symbol shows: only a call does.
    void *(*volatile allocate)(size_t) = malloc;
    void (*volatile release)(void *) = free;
    uint64_t before = own.count;
    release(allocate(1));
    return own.count == before + 1;
}

#else

struct pulsegate_bench_allocations pulsegate_bench_allocations_of_process(void) { return own; }
bool pulsegate_bench_counts_allocations(void) { return false; }

#endif

struct pulsegate_bench_allocations pulsegate_bench_allocations_of_thread(void) {
    struct pulsegate_bench_allocations counts = own;
    if (shared != NULL) {
        struct pulsegate_bench_allocations others = shared();
        counts.count += others.count;
        counts.bytes += others.bytes;
        counts.releases += others.releases;
    }
    return counts;
}

void pulsegate_bench_share_counts(pulsegate_bench_counts counts) {
    // A host that is this very copy would count twice.
    shared = counts == pulsegate_bench_allocations_of_thread ? NULL : counts;
}
