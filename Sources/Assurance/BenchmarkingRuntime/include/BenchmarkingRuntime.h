// What a benchmark suite measures with: clocks, counts of allocations, a place where results are kept alive, and the table through
// which a host runs the benchmarks of a build that it has loaded as a library.
//
// Linked into benchmark suites only. It defines malloc and its kin, which forward to glibc's own; nothing is preloaded.
#ifndef PULSEGATE_BENCHMARKING_RUNTIME_H
#define PULSEGATE_BENCHMARKING_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// MARK: Results that nothing uses

// The compiler must have computed `value`, and knows nothing of what happens to it. No instruction is emitted.
static inline __attribute__((always_inline)) void pulsegate_bench_keep_word(uint64_t value) { __asm__ volatile("" : : "r"(value) : ); }

// The compiler must have written what `address` points to.
static inline __attribute__((always_inline)) void pulsegate_bench_keep_memory(const void *address) {
    __asm__ volatile("" : : "r"(address) : "memory");
}

// The value comes from the compiler's point of view from nowhere: loops over it are not computed beforehand.
static inline __attribute__((always_inline)) uint64_t pulsegate_bench_opaque(uint64_t value) {
    __asm__ volatile("" : "+r"(value));
    return value;
}

// Runs `body(context)` where callgrind can find it by name: a function that is never inlined.
void pulsegate_bench_measured(void (*body)(void *), void *context);

// MARK: Clocks, in nanoseconds

uint64_t pulsegate_bench_wall(void);         // CLOCK_MONOTONIC_RAW: 20 ns a call
uint64_t pulsegate_bench_thread_cpu(void);   // CLOCK_THREAD_CPUTIME_ID: a system call, 0.4 us
uint64_t pulsegate_bench_process_cpu(void);  // CLOCK_PROCESS_CPUTIME_ID

// MARK: Counts

struct pulsegate_bench_usage {
    uint64_t involuntary_switches, voluntary_switches, minor_faults, major_faults, peak_resident_bytes;
    uint64_t read_calls, write_calls;
    int32_t cpu;
};

// Of the calling thread, but for the peak of resident memory.
void pulsegate_bench_usage_of_thread(struct pulsegate_bench_usage *usage);

// Of the calling thread; a system call of half a microsecond.
uint64_t pulsegate_bench_involuntary_switches(void);

// Sets the kernel's mark of peak resident memory back to what is resident now; false where the kernel does not let it.
bool pulsegate_bench_reset_peak(void);

struct pulsegate_bench_allocations {
    uint64_t count, bytes, releases;
};

// What the calling thread has allocated and released since it began: malloc, calloc, realloc and the aligned ones, whoever called them.
struct pulsegate_bench_allocations pulsegate_bench_allocations_of_thread(void);

// The same of all threads; dearer to read.
struct pulsegate_bench_allocations pulsegate_bench_allocations_of_process(void);

// False where something else has taken malloc: a sanitizer, or a library loaded before.
bool pulsegate_bench_counts_allocations(void);

// Opens a counter of retired instructions of this thread in user space. -errno where there is none, as in most virtual machines.
int pulsegate_bench_open_instructions(void);
int64_t pulsegate_bench_read_counter(int descriptor);

// Marks the system calls that follow, for whoever traces this process: an lseek that the kernel refuses and that does nothing. The numbers are
// those of the tracer (SystemCallTally.h of ChildProcessesRuntime).
void pulsegate_bench_mark_system_calls(bool begins);

// Sum of the counters of code regions, where the build counts them (-profile-generate); -1 where it does not.
int64_t pulsegate_bench_region_count(void);

// MARK: A quiet place

bool pulsegate_bench_pin(int cpu);
int pulsegate_bench_allowed_cpu(int index);  // the index-th CPU this process may run on, modulo their number

// Starts the program again without randomised addresses, once. Returns where that cannot be had.
void pulsegate_bench_fix_addresses(char **arguments);
bool pulsegate_bench_addresses_are_fixed(void);

// So many rounds of arithmetic, each of which needs the one before.
void pulsegate_bench_spin(uint64_t rounds);

// Memory that is freed stays with the process, as it does in one that has run for long: glibc alone.
void pulsegate_bench_settle_heap(void);

// Forgets what the page cache holds of a file; 0 or an errno.
int pulsegate_bench_evict(const char *path);

// MARK: Builds loaded as libraries

struct pulsegate_bench_batch {
    uint64_t cpu, wall, process_cpu;
    uint64_t allocations, allocated_bytes;
    uint64_t involuntary_switches;
};

// What a suite offers a host. Texts belong to the suite.
struct pulsegate_bench_table {
    uint32_t version;
    void *context;
    // A handle to a benchmark that is set up, or -1 and a message.
    int32_t (*prepare)(void *context, const char *name, const char **message);
    // Runs `iterations` once; 0, or 1 and a message.
    int32_t (*run)(void *context, int32_t handle, uint64_t iterations, struct pulsegate_bench_batch *batch, const char **message);
    void (*release)(void *context, int32_t handle);
};

#define PULSEGATE_BENCH_TABLE_VERSION 1

// In the library: says that a host is there, so that `main` fills the table and returns.
void pulsegate_bench_begin_hosting(void);
bool pulsegate_bench_is_hosted(void);
void pulsegate_bench_offer(const struct pulsegate_bench_table *table);
const struct pulsegate_bench_table *pulsegate_bench_offered(void);

// Where the counters of allocations of this thread stand, so that a host and a library add up what each of them sees.
typedef struct pulsegate_bench_allocations (*pulsegate_bench_counts)(void);
void pulsegate_bench_share_counts(pulsegate_bench_counts counts);

// In the host: loads a build. NULL and a message where it cannot be loaded.
const struct pulsegate_bench_table *pulsegate_bench_load(const char *path, const char **message);

#endif
