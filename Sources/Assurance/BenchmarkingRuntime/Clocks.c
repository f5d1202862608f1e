#define _GNU_SOURCE
#include "BenchmarkingRuntime.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static uint64_t now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

uint64_t pulsegate_bench_wall(void) { return now(CLOCK_MONOTONIC_RAW); }
uint64_t pulsegate_bench_thread_cpu(void) { return now(CLOCK_THREAD_CPUTIME_ID); }
uint64_t pulsegate_bench_process_cpu(void) { return now(CLOCK_PROCESS_CPUTIME_ID); }

// A number behind a key of a small file of /proc, or 0.
static uint64_t number(const char *path, const char *key) {
    char text[4096];
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    if (length <= 0) return 0;
    text[length] = 0;
    const char *at = strstr(text, key);
    return at == NULL ? 0 : strtoull(at + strlen(key), NULL, 10);
}

void pulsegate_bench_usage_of_thread(struct pulsegate_bench_usage *usage) {
    struct rusage used;
    memset(usage, 0, sizeof *usage);
    if (getrusage(RUSAGE_THREAD, &used) == 0) {
        usage->involuntary_switches = (uint64_t)used.ru_nivcsw;
        usage->voluntary_switches = (uint64_t)used.ru_nvcsw;
        usage->minor_faults = (uint64_t)used.ru_minflt;
        usage->major_faults = (uint64_t)used.ru_majflt;
    }
    usage->peak_resident_bytes = 1024 * number("/proc/self/status", "VmHWM:");
    usage->read_calls = number("/proc/self/io", "syscr:");
    usage->write_calls = number("/proc/self/io", "syscw:");
    usage->cpu = sched_getcpu();
}

uint64_t pulsegate_bench_involuntary_switches(void) {
    struct rusage used;
    return getrusage(RUSAGE_THREAD, &used) == 0 ? (uint64_t)used.ru_nivcsw : 0;
}

bool pulsegate_bench_reset_peak(void) {
    int file = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
    if (file < 0) return false;
    bool done = write(file, "5", 1) == 1;
    close(file);
    return done;
}

int pulsegate_bench_open_instructions(void) {
    struct perf_event_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.size = sizeof attributes;
    attributes.type = PERF_TYPE_HARDWARE;
    attributes.config = PERF_COUNT_HW_INSTRUCTIONS;
    attributes.exclude_kernel = 1;
    attributes.exclude_hv = 1;
    long descriptor = syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
    return descriptor < 0 ? -errno : (int)descriptor;
}

int64_t pulsegate_bench_read_counter(int descriptor) {
    int64_t value = -1;
    return read(descriptor, &value, sizeof value) == sizeof value ? value : -1;
}

extern uint64_t *__llvm_profile_begin_counters(void) __attribute__((weak));
extern uint64_t *__llvm_profile_end_counters(void) __attribute__((weak));

int64_t pulsegate_bench_region_count(void) {
    if (__llvm_profile_begin_counters == NULL || __llvm_profile_end_counters == NULL) return -1;
    uint64_t sum = 0;
    for (uint64_t *at = __llvm_profile_begin_counters(), *end = __llvm_profile_end_counters(); at < end; at++) sum += *at;
    return (int64_t)(sum & INT64_MAX);
}

void pulsegate_bench_mark_system_calls(bool begins) {
    int before = errno;
    syscall(SYS_lseek, -0x50474d4bL, 0L, begins ? 0x10L : 0x11L);
    errno = before;
}

bool pulsegate_bench_pin(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (cpu < 0 || cpu >= CPU_SETSIZE) return false;
    CPU_SET(cpu, &set);
    return sched_setaffinity(0, sizeof set, &set) == 0;
}

int pulsegate_bench_allowed_cpu(int index) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 0;
    int allowed = CPU_COUNT(&set);
    if (allowed == 0) return 0;
    int wanted = index % allowed;
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (CPU_ISSET(cpu, &set) && wanted-- == 0) return cpu;
    }
    return 0;
}

bool pulsegate_bench_addresses_are_fixed(void) {
    int now = personality(0xffffffff);
    return now != -1 && (now & ADDR_NO_RANDOMIZE) != 0;
}

void pulsegate_bench_spin(uint64_t rounds) {
    uint64_t word = 88172645463325252u;
    for (uint64_t round = 0; round < rounds; round++) {
        word ^= word << 13;
        word ^= word >> 7;
        word ^= word << 17;
        pulsegate_bench_keep_word(word);
    }
}

void pulsegate_bench_settle_heap(void) {
#ifdef __GLIBC__
    // The ends that glibc's own adaptation goes to: blocks up to 32 MiB from the heap, and its top given back only above twice that. Without,
    // freed inputs of a batch cross the threshold of 128 KiB again and again, and whether they do depends on what ran before: the same code of a
    // process was a quarter slower than that of another.
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
#endif
}

void pulsegate_bench_fix_addresses(char **arguments) {
    int now = personality(0xffffffff);
    if (now == -1 || (now & ADDR_NO_RANDOMIZE) != 0) return;
    if (personality((unsigned long)now | ADDR_NO_RANDOMIZE) == -1) return;
    // Where a container's filter ignores the call, the program would start itself for ever.
    if (!pulsegate_bench_addresses_are_fixed()) return;
    execv("/proc/self/exe", arguments);
    personality((unsigned long)now);
}

int pulsegate_bench_evict(const char *path) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return errno;
    // Dirty pages stay in the cache until they are written.
    int problem = fdatasync(file) == 0 || errno == EINVAL || errno == EROFS ? posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) : errno;
    close(file);
    return problem;
}

__attribute__((noinline)) void pulsegate_bench_measured(void (*body)(void *), void *context) {
    body(context);
    // The call above is no tail call, so that this function is on the stack while it lasts.
    __asm__ volatile("" : : : "memory");
}
