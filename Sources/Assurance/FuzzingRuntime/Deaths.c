// What a runner leaves behind when it dies, and the processes around it.
#define _GNU_SOURCE
#include "include/FuzzingRuntime.h"
#include "Image.h"
#include "ProfileCounters.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>
#include <unwind.h>

static pulsegate_fuzz_shard *slot_owner;
static int capture_file = -1;
static uintptr_t stack_low, stack_high;
static volatile sig_atomic_t dying;

// With its crash handler switched off, Swift's runtime writes the stack below its message, with addresses that are others in each process. The frames are
// told apart; what was said last is what stands above.
static size_t without_trace(const char *words, size_t length) {
    static const char mark[] = "Current stack trace:\n";
    enum { MARK = sizeof mark - 1 };
    for (size_t at = length; at >= MARK; at--) {
        size_t start = at - MARK;
        if ((start == 0 || words[start - 1] == '\n') && memcmp(words + start, mark, MARK) == 0) return start;
    }
    return length;
}

static void keep_output(pulsegate_fuzz_shard *shard) {
    static char words[1 << 16];
    shard->output_length = 0;
    if (capture_file < 0) return;
    struct stat status;
    if (fstat(capture_file, &status) != 0) return;
    // The first words count and the last: reports begin with what is wrong, and end with tables and stacks. What the runtime writes below a trap's
    // message is neither.
    off_t from = status.st_size > (off_t)sizeof words ? status.st_size - (off_t)sizeof words : 0;
    size_t size = sizeof shard->output, head = 0;
    ssize_t got = pread(capture_file, words, sizeof words, from);
    if (got <= 0) return;
    size_t length = without_trace(words, (size_t)got);
    if (from + (off_t)length > (off_t)size) {
        static const char gap[] = "\n...\n";
        ssize_t first = pread(capture_file, shard->output, size / 2, 0);
        head = first > 0 ? (size_t)first : 0;
        memcpy(shard->output + head, gap, sizeof gap - 1);
        head += sizeof gap - 1;
    }
    size_t kept = length < size - head ? length : size - head;
    memcpy(shard->output + head, words + length - kept, kept);
    shard->output_length = head + kept;
}

static void fill(pulsegate_fuzz_shard *shard, uint64_t death, int signal, uintptr_t fault, void *const *frames, int count) {
    shard->signal = (uint64_t)signal;
    shard->fault_address = fault;
    shard->image_base = (uintptr_t)__executable_start;
    int kept = count < PULSEGATE_FUZZ_FRAMES ? count : PULSEGATE_FUZZ_FRAMES;
    for (int i = 0; i < kept; i++) shard->frames[i] = (uintptr_t)frames[i];
    shard->frame_count = (uint64_t)kept;
    keep_output(shard);
    pulsegate_fuzz_publish(&shard->death, death);
}

// Frames by frame pointer, for stacks too deep to unwind.
static int walk(const ucontext_t *context, void **frames, int capacity) {
#if defined(__x86_64__)
    uintptr_t pc = (uintptr_t)context->uc_mcontext.gregs[REG_RIP], fp = (uintptr_t)context->uc_mcontext.gregs[REG_RBP];
#elif defined(__aarch64__)
    uintptr_t pc = context->uc_mcontext.pc, fp = context->uc_mcontext.regs[29];
#else
    uintptr_t pc = 0, fp = 0;
#endif
    int count = 0;
    uintptr_t mark = pulsegate_fuzz_stack_mark();
    if (pc) frames[count++] = (void *)pc;
    // Who is called at the mark, or above it, is called by the engine.
    while (count < capacity && (!mark || fp < mark) && fp >= stack_low && fp + 16 <= stack_high && (fp & 7) == 0) {
        const uintptr_t *frame = (const uintptr_t *)fp;
        if (!frame[1]) break;
        frames[count++] = (void *)(frame[1] - 1);
        if (frame[0] <= fp) break;
        fp = frame[0];
    }
    return count;
}

// Frames by the tables of the compiler, innermost first: from `pc` on (0: from the caller of this library on) to the engine's call of the target. Callers
// are told by the last byte of their call.
typedef struct {
    void **frames;
    int count, capacity;
    uintptr_t pc, mark;
    bool begun;
} unwinding;

static _Unwind_Reason_Code on_frame(struct _Unwind_Context *context, void *raw) {
    unwinding *state = raw;
    int exact = 0;
    uintptr_t ip = _Unwind_GetIPInfo(context, &exact);
    if (!state->begun) {
        if (ip != state->pc) return _URC_NO_REASON;
        state->begun = true;
        exact = 1;
    }
    // Of a frame that has called, this is the stack pointer at the call; the mark is two words below the one of the engine's frame.
    if (state->mark && _Unwind_GetCFA(context) >= state->mark + 2 * sizeof(void *)) return _URC_END_OF_STACK;
    if (state->count == state->capacity) return _URC_END_OF_STACK;
    state->frames[state->count++] = (void *)(exact ? ip : ip - 1);
    return _URC_NO_REASON;
}

static int unwind(uintptr_t pc, void **frames, int capacity) {
    unwinding state = {frames, 0, capacity, pc, pulsegate_fuzz_stack_mark(), pc == 0};
    _Unwind_Backtrace(on_frame, &state);
    return state.count;
}

static uintptr_t stack_pointer(const ucontext_t *context) {
#if defined(__x86_64__)
    return (uintptr_t)context->uc_mcontext.gregs[REG_RSP];
#elif defined(__aarch64__)
    return context->uc_mcontext.sp;
#else
    (void)context;
    return 0;
#endif
}

static void on_fatal(int signal, siginfo_t *info, void *raw) {
    int reason = errno;
    if (dying) _exit(PULSEGATE_FUZZ_RESERVED);
    dying = 1;
    pulsegate_fuzz_shard *shard = slot_owner;
    if (!shard) _exit(PULSEGATE_FUZZ_RESERVED);
    ucontext_t *context = raw;
    uintptr_t fault = (uintptr_t)info->si_addr, sp = stack_pointer(context);
    bool overflow = signal == SIGSEGV && fault && (fault > sp ? fault - sp : sp - fault) < 65536 * 4
        && fault < stack_high && fault + (16u << 20) > stack_low;
    void *frames[PULSEGATE_FUZZ_FRAMES];
    int count;
    if (overflow) {
        count = walk(context, frames, PULSEGATE_FUZZ_FRAMES);
        fill(shard, PULSEGATE_FUZZ_STACK_OVERFLOW, signal, fault, frames, count);
        _exit(PULSEGATE_FUZZ_RESERVED);
    }
    if (signal == SIGXCPU) {
        count = walk(context, frames, PULSEGATE_FUZZ_FRAMES);
        fill(shard, PULSEGATE_FUZZ_TIMEOUT, signal, 0, frames, count);
        _exit(PULSEGATE_FUZZ_RESERVED);
    }
    // Should unwinding fault, the second signal ends the process: leave what is known first.
    count = walk(context, frames, PULSEGATE_FUZZ_FRAMES);
    uint64_t death = reason == ENOMEM ? PULSEGATE_FUZZ_OUT_OF_MEMORY : PULSEGATE_FUZZ_SIGNAL;
    fill(shard, death, signal, fault, frames, count);
    void *unwound[PULSEGATE_FUZZ_FRAMES];
    int all = count ? unwind((uintptr_t)frames[0], unwound, PULSEGATE_FUZZ_FRAMES) : 0;
    if (all > 0) fill(shard, death, signal, fault, unwound, all);
    _exit(PULSEGATE_FUZZ_RESERVED);
}

static void on_exit_of_target(void) {
    pulsegate_fuzz_shard *shard = slot_owner;
    if (!shard || dying || !shard->in_flight) return;
    dying = 1;
    void *frames[PULSEGATE_FUZZ_FRAMES];
    int count = unwind(0, frames, PULSEGATE_FUZZ_FRAMES);
    fill(shard, PULSEGATE_FUZZ_EXIT, 0, 0, frames, count);
    _exit(PULSEGATE_FUZZ_RESERVED);
}

void pulsegate_fuzz_fail(pulsegate_fuzz_shard *shard, const char *message, size_t length, const void *site) {
    dying = 1;
    void *frames[PULSEGATE_FUZZ_FRAMES];
    int count = 0;
    if (site) frames[count++] = (void *)(uintptr_t)site;
    fill(shard, PULSEGATE_FUZZ_ALIVE, 0, 0, frames, count);
    size_t kept = length < sizeof shard->output ? length : sizeof shard->output;
    memcpy(shard->output, message, kept);
    shard->output_length = kept;
    pulsegate_fuzz_publish(&shard->death, PULSEGATE_FUZZ_FAILURE);
    pulsegate_fuzz_leave(PULSEGATE_FUZZ_RESERVED);
}

// What is the same for all runners of a zygote: found once, since it costs more than a fork.
static struct {
    void *alternate;
    rlim_t pages;
    int nowhere;
    bool is_ready, limits_space;
} prepared;
enum { ALTERNATE = 1 << 17 };

static _Unwind_Reason_Code on_warm_frame(struct _Unwind_Context *context, void *raw) {
    (void)_Unwind_GetCFA(context);
    return ++*(int *)raw < 8 ? _URC_NO_REASON : _URC_END_OF_STACK;
}

void pulsegate_fuzz_prepare_runners(void) {
    if (prepared.is_ready) return;
    prepared.is_ready = true;
    prepared.nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    // The stack of a forked child is where its parent's is.
    pthread_attr_t attributes;
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        void *low;
        size_t size;
        if (pthread_attr_getstack(&attributes, &low, &size) == 0) {
            stack_low = (uintptr_t)low;
            stack_high = stack_low + size;
        }
        pthread_attr_destroy(&attributes);
    }
    // An alternate stack, so that an overflowing one can still tell; and the tables that unwinding reads, read once.
    prepared.alternate = mmap(NULL, ALTERNATE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int frames = 0;
    _Unwind_Backtrace(on_warm_frame, &frames);
    atexit(on_exit_of_target);
    prepared.limits_space = !pulsegate_fuzz_sanitizer_linked("__asan_init") && !pulsegate_fuzz_sanitizer_linked("__tsan_init");
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file) {
        if (fscanf(file, "%ld", &pages) != 1) pages = 0;
        fclose(file);
    }
    prepared.pages = (rlim_t)pages;
}

void pulsegate_fuzz_become_runner(pulsegate_fuzz_shard *shard, int capture, uint64_t memory_limit) {
    pulsegate_fuzz_prepare_runners();
    slot_owner = shard;
    capture_file = capture;
    dying = 0;
    if (prepared.nowhere >= 0) {
        dup2(prepared.nowhere, 1);
        if (capture < 0) dup2(prepared.nowhere, 2);
    }
    if (capture >= 0) {
        if (ftruncate(capture, 0) == 0) lseek(capture, 0, SEEK_SET);
        dup2(capture, 2);
    }
    if (prepared.alternate != MAP_FAILED) {
        stack_t stack = {.ss_sp = prepared.alternate, .ss_size = ALTERNATE};
        sigaltstack(&stack, NULL);
    }
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_fatal;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    sigemptyset(&action.sa_mask);
    const int fatal[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGXCPU, SIGSYS};
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) sigaction(fatal[i], &action, NULL);
    struct rlimit core = {0, 0};
    setrlimit(RLIMIT_CORE, &core);
    if (memory_limit && prepared.limits_space) {
        rlim_t total = prepared.pages * (rlim_t)sysconf(_SC_PAGESIZE) + memory_limit;
        struct rlimit space = {total, total};
        setrlimit(RLIMIT_AS, &space);
    }
}

void pulsegate_fuzz_close(int file) { close(file); }
int pulsegate_fuzz_capture(void) { return memfd_create("pulsegate-fuzz-output", MFD_CLOEXEC); }

void *pulsegate_fuzz_map(const char *path, uint64_t size) {
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0) return NULL;
    struct stat status;
    if (fstat(file, &status) != 0 || ((uint64_t)status.st_size < size && ftruncate(file, (off_t)size) != 0)) {
        int reason = errno;
        close(file);
        errno = reason;
        return NULL;
    }
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    int reason = errno;
    close(file);
    errno = reason;
    return memory == MAP_FAILED ? NULL : memory;
}

void pulsegate_fuzz_unmap(void *memory, uint64_t size) { munmap(memory, size); }
void pulsegate_fuzz_publish(uint64_t *word, uint64_t value) { __atomic_store_n(word, value, __ATOMIC_RELEASE); }
uint64_t pulsegate_fuzz_observe(const uint64_t *word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }

void pulsegate_fuzz_fix_layout(void) {
    static const char mark[] = "PULSEGATE_FUZZ_LAYOUT";
    if (getenv(mark)) return;
    int before = personality(0xffffffff);
    if (before != -1 && !(before & ADDR_NO_RANDOMIZE)) personality((unsigned long)before | ADDR_NO_RANDOMIZE);
    setenv(mark, "fixed", 1);
    setenv("SWIFT_DETERMINISTIC_HASHING", "1", 1);
    static char words[1 << 16];
    int file = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? 0 : read(file, words, sizeof words - 1);
    if (file >= 0) close(file);
    static char *arguments[4096];
    size_t count = 0;
    for (ssize_t at = 0; at < length && count < sizeof arguments / sizeof *arguments - 1; at += (ssize_t)strlen(words + at) + 1)
        arguments[count++] = words + at;
    // A list that does not fit is run as it stands.
    if (count == 0 || length == (ssize_t)sizeof words - 1 || count == sizeof arguments / sizeof *arguments - 1) return;
    execv("/proc/self/exe", arguments);
}

int pulsegate_fuzz_fork(void) {
    pid_t parent = getpid();
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) _exit(0);
        pulsegate_fuzz_begin_profile();
    }
    return child;
}

int pulsegate_fuzz_wait(int pid, bool block, int *status) {
    for (;;) {
        pid_t got = waitpid(pid, status, block ? 0 : WNOHANG);
        if (got == pid) return 1;
        if (got == 0) return 0;
        if (errno != EINTR) return -1;
    }
}

int pulsegate_fuzz_await(int pid, int64_t nanoseconds, int *status) {
    int got = pulsegate_fuzz_wait(pid, false, status);
    if (got != 0) return got;
    int handle = (int)syscall(SYS_pidfd_open, pid, 0);
    if (handle < 0) {
        pulsegate_fuzz_pause(nanoseconds < 1000000 ? nanoseconds : 1000000);
        return pulsegate_fuzz_wait(pid, false, status);
    }
    struct pollfd watch = {.fd = handle, .events = POLLIN};
    struct timespec limit = {nanoseconds / 1000000000, nanoseconds % 1000000000};
    ppoll(&watch, 1, &limit, NULL);
    close(handle);
    return pulsegate_fuzz_wait(pid, false, status);
}

int64_t pulsegate_fuzz_cpu(int pid) {
    clockid_t clock;
    struct timespec time;
    if (pid == 0) {
        struct rusage self, children;
        if (getrusage(RUSAGE_SELF, &self) != 0 || getrusage(RUSAGE_CHILDREN, &children) != 0) return -1;
        int64_t seconds = self.ru_utime.tv_sec + self.ru_stime.tv_sec + children.ru_utime.tv_sec + children.ru_stime.tv_sec;
        return seconds * 1000000000
            + (self.ru_utime.tv_usec + self.ru_stime.tv_usec + children.ru_utime.tv_usec + children.ru_stime.tv_usec) * (int64_t)1000;
    }
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0) return -1;
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int64_t pulsegate_fuzz_clock(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

void pulsegate_fuzz_pause(int64_t nanoseconds) {
    struct timespec time = {nanoseconds / 1000000000, nanoseconds % 1000000000};
    nanosleep(&time, NULL);
}

void pulsegate_fuzz_kill(int pid, int signal) { kill(pid, signal); }

void pulsegate_fuzz_leave(int status) {
    pulsegate_fuzz_end_profile();
    _exit(status);
}

bool pulsegate_fuzz_backtracer_enabled(void) {
    const char *setting = getenv("SWIFT_BACKTRACE");
    return !setting || !strstr(setting, "enable=no");
}

bool pulsegate_fuzz_sanitizer_linked(const char *name) { return dlsym(RTLD_DEFAULT, name) != NULL; }

bool pulsegate_fuzz_symbol(
    uintptr_t address, char *name, size_t name_size, uint64_t *offset, char *image, size_t image_size, uint64_t *relative) {
    Dl_info info;
    if (dladdr((void *)address, &info) == 0) return false;
    if (name_size) snprintf(name, name_size, "%s", info.dli_sname ? info.dli_sname : "");
    if (image_size) snprintf(image, image_size, "%s", info.dli_fname ? info.dli_fname : "");
    *offset = info.dli_saddr ? address - (uintptr_t)info.dli_saddr : 0;
    *relative = address - (uintptr_t)info.dli_fbase;
    return true;
}

uintptr_t pulsegate_fuzz_image_base(void) { return (uintptr_t)__executable_start; }

extern char *swift_demangle(const char *, size_t, char *, size_t *, uint32_t) __attribute__((weak));

bool pulsegate_fuzz_demangle(const char *name, char *text, size_t size) {
    if (!swift_demangle || size == 0) return false;
    char *made = swift_demangle(name, strlen(name), NULL, NULL, 0);
    if (!made) return false;
    snprintf(text, size, "%s", made);
    free(made);
    return true;
}

int64_t pulsegate_fuzz_output_of(const char *const *arguments, char *out, size_t size) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return -1;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    pid_t child;
    extern char **environ;
    int failed = posix_spawnp(&child, arguments[0], &actions, NULL, (char *const *)(uintptr_t)arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (failed) {
        close(ends[0]);
        return -1;
    }
    int64_t total = 0;
    char rest[4096];
    for (;;) {
        bool fits = (size_t)total < size;
        ssize_t got = fits ? read(ends[0], out + total, size - (size_t)total) : read(ends[0], rest, sizeof rest);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        if (fits) total += got;
    }
    close(ends[0]);
    int status = 0;
    if (pulsegate_fuzz_wait(child, true, &status) != 1 || status != 0) return -1;
    return total;
}
