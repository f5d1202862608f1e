#if defined(__linux__)
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>
#endif

#include "PropertyTestingRuntime.h"

#if defined(__linux__)

int pt_child_supported(void) { return 1; }

void *pt_map(size_t size) {
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

void pt_unmap(void *memory, size_t size) { munmap(memory, size); }

void pt_close(int descriptor) { close(descriptor); }

int pt_capture_open(void) {
    int descriptor = memfd_create("property-output", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (descriptor < 0) return -1;
    // Of full size from the start and sealed: a body that prints without end fills no memory.
    if (ftruncate(descriptor, PT_OUTPUT) != 0 || fcntl(descriptor, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) != 0) {
        close(descriptor);
        return -1;
    }
    return descriptor;
}

ptrdiff_t pt_capture_read(int descriptor, int64_t start, int64_t end, void *buffer, size_t size) {
    if (start < 0 || end <= start) return 0;
    size_t length = (size_t)(end - start);
    if (length > size) length = size;
    ssize_t count = pread(descriptor, buffer, length, start);
    return count < 0 ? 0 : count;
}

// MARK: Turns

static void give_turn(pt_page *page, uint32_t turn) {
    __atomic_store_n(&page->turn, turn, __ATOMIC_SEQ_CST);
    syscall(SYS_futex, &page->turn, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static int has_turn(pt_page *page, uint32_t turn) { return __atomic_load_n(&page->turn, __ATOMIC_SEQ_CST) == turn; }

void pt_child_next(pt_page *page) {
    while (!has_turn(page, PT_TURN_CHILD)) syscall(SYS_futex, &page->turn, FUTEX_WAIT, PT_TURN_PARENT, NULL, NULL, 0);
    // Output starts anew when half of the file is used.
    off_t at = lseek(STDERR_FILENO, 0, SEEK_CUR);
    if (at > PT_OUTPUT / 2) at = lseek(STDERR_FILENO, 0, SEEK_SET);
    page->output_start = at;
}

void pt_child_answer(pt_page *page) {
    page->end = PT_END_ANSWERED;
    give_turn(page, PT_TURN_PARENT);
}

void pt_child_start(pt_page *page) {
    // Until it says otherwise, it is gone without a word.
    page->end = PT_END_GONE;
    page->signal = 0;
    page->frame_count = 0;
    page->output_start = 0;
    page->output_end = 0;
    give_turn(page, PT_TURN_CHILD);
}

int pt_child_wait(pt_page *page, int pid, int64_t slice) {
    if (has_turn(page, PT_TURN_PARENT)) return 1;
    struct timespec limit = {.tv_sec = slice / 1000000000, .tv_nsec = slice % 1000000000};
    syscall(SYS_futex, &page->turn, FUTEX_WAIT, PT_TURN_CHILD, &limit, NULL, 0);
    if (has_turn(page, PT_TURN_PARENT)) return 1;
    // Not reaped here: WNOWAIT, so that pt_child_end does it in one place.
    siginfo_t info;
    memset(&info, 0, sizeof info);
    if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == pid) return 1;
    return has_turn(page, PT_TURN_PARENT);
}

int64_t pt_child_starved(int pid) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/schedstat", pid);
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return -1;
    char text[128];
    ssize_t count = read(descriptor, text, sizeof text - 1);
    close(descriptor);
    if (count <= 0) return -1;
    text[count] = 0;
    unsigned long long ran = 0, waited = 0;
    if (sscanf(text, "%llu %llu", &ran, &waited) != 2) return -1;
    return (int64_t)waited;
}

int pt_child_end(int pid) {
    kill(pid, SIGKILL);
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

void pt_child_call_time(pt_page *page, int pid) {
    if (kill(pid, SIGXCPU) != 0) return;
    for (int i = 0; i < 20 && !pt_child_wait(page, pid, 10000000); i++) {
    }
}

// MARK: In the child

static pt_page *child_page;
static void (*child_salvage)(void *);
static void *child_context;
static volatile sig_atomic_t is_dying;

static void leave(uint32_t end, int code) {
    child_page->end = end;
    child_page->output_end = lseek(STDERR_FILENO, 0, SEEK_CUR);
    child_salvage(child_context);
    give_turn(child_page, PT_TURN_PARENT);
    _exit(code);
}

static void on_fatal_signal(int signal_number, siginfo_t *info, void *raw) {
    if (is_dying) {
        // A second fault, in salvage: what is written down so far must do.
        give_turn(child_page, PT_TURN_PARENT);
        _exit(128 + signal_number);
    }
    is_dying = 1;
    pt_page *page = child_page;
    ucontext_t *context = raw;
    page->signal = signal_number;
    page->fault_address = (uint64_t)(uintptr_t)info->si_addr;
    uint64_t pc = 0, fp = 0, sp = 0;
#if defined(__x86_64__)
    pc = (uint64_t)context->uc_mcontext.gregs[REG_RIP];
    fp = (uint64_t)context->uc_mcontext.gregs[REG_RBP];
    sp = (uint64_t)context->uc_mcontext.gregs[REG_RSP];
#elif defined(__aarch64__)
    pc = context->uc_mcontext.pc;
    fp = context->uc_mcontext.regs[29];
    sp = context->uc_mcontext.sp;
#else
    (void)context;
#endif
    uint32_t end = signal_number == SIGXCPU ? PT_END_TIMEOUT : PT_END_SIGNAL;
    const uint64_t reach = 1 << 20;
    if ((signal_number == SIGSEGV || signal_number == SIGBUS) && page->stack_low != 0) {
        uint64_t address = page->fault_address;
        if (address + reach >= page->stack_low && address < page->stack_low + (64 << 10) && sp + reach >= page->stack_low
            && sp < page->stack_low + reach) {
            end = PT_END_STACK_OVERFLOW;
        }
    }
    if (end == PT_END_SIGNAL) {
        int count = 0;
        page->frames[count++] = pc;
        // Up the chain of frame pointers, within the stack and only upwards.
        while (count < PT_FRAMES && fp >= sp && fp % 8 == 0 && fp >= page->stack_low && fp + 16 <= page->stack_high) {
            uint64_t *frame = (uint64_t *)(uintptr_t)fp;
            if (frame[1] == 0) break;
            page->frames[count++] = frame[1];
            if (frame[0] <= fp) break;
            fp = frame[0];
        }
        page->frame_count = count;
    }
    leave(end, 128 + signal_number);
}

static void on_exit_call(void) {
    if (is_dying) return;
    is_dying = 1;
    leave(PT_END_EXIT, 0);
}

static const int fatal_signals[] = {SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGSYS, SIGXCPU};

static char alternate_stack[64 << 10];

static void settle_in(pt_page *page, int capture, int parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    // The parent may have died before the line above.
    if (getppid() != parent) _exit(0);
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    int null = open("/dev/null", O_RDWR);
    if (null >= 0) {
        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
    }
    dup2(capture, STDERR_FILENO);
    stack_t stack = {.ss_sp = alternate_stack, .ss_size = sizeof alternate_stack};
    sigaltstack(&stack, NULL);
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_fatal_signal;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    sigemptyset(&action.sa_mask);
    sigset_t open_signals;
    sigemptyset(&open_signals);
    for (size_t i = 0; i < sizeof fatal_signals / sizeof *fatal_signals; i++) {
        sigaction(fatal_signals[i], &action, NULL);
        sigaddset(&open_signals, fatal_signals[i]);
    }
    pthread_sigmask(SIG_UNBLOCK, &open_signals, NULL);
    // Called before every handler that was there before it, none of which then runs.
    atexit(on_exit_call);
    (void)page;
}

int pt_child_fork(pt_page *page, int capture, void (*serve)(void *), void (*salvage)(void *), void *context) {
    // What takes locks or memory is done before the fork, and once: for the main thread it reads the list of all mappings.
    pthread_attr_t attributes;
    if (page->stack_low == 0 && pthread_getattr_np(pthread_self(), &attributes) == 0) {
        void *low = NULL;
        size_t size = 0;
        if (pthread_attr_getstack(&attributes, &low, &size) == 0) {
            page->stack_low = (uint64_t)(uintptr_t)low;
            page->stack_high = page->stack_low + size;
        }
        pthread_attr_destroy(&attributes);
    }
    page->turn = PT_TURN_PARENT;
    int parent = getpid();
    int pid = fork();
    if (pid != 0) return pid;
    child_page = page;
    child_salvage = salvage;
    child_context = context;
    is_dying = 0;
    settle_in(page, capture, parent);
    serve(context);
    _exit(0);
}

int pt_symbol(uint64_t address, char *name, size_t name_size, uint64_t *offset, char *image, size_t image_size) {
    Dl_info info;
    if (name_size == 0 || image_size == 0) return 0;
    name[0] = 0;
    image[0] = 0;
    *offset = 0;
    if (dladdr((void *)(uintptr_t)address, &info) == 0) return 0;
    if (info.dli_fname != NULL) {
        const char *slash = strrchr(info.dli_fname, '/');
        snprintf(image, image_size, "%s", slash ? slash + 1 : info.dli_fname);
    }
    *offset = address - (uint64_t)(uintptr_t)info.dli_fbase;
    if (info.dli_sname == NULL) return 0;
    snprintf(name, name_size, "%s", info.dli_sname);
    *offset = address - (uint64_t)(uintptr_t)info.dli_saddr;
    return 1;
}

// Of the Swift runtime; weak, for programs without it.
extern char *swift_demangle(const char *, size_t, char *, size_t *, uint32_t) __attribute__((weak));

void pt_demangle(const char *symbol, char *name, size_t size) {
    if (size == 0) return;
    size_t length = size;
    if (swift_demangle == NULL || swift_demangle(symbol, strlen(symbol), name, &length, 0) == NULL) snprintf(name, size, "%s", symbol);
}

#else

void pt_child_call_time(pt_page *page, int pid) { (void)page; (void)pid; }
void pt_demangle(const char *symbol, char *name, size_t size) { (void)symbol; if (size) name[0] = 0; }
int pt_child_supported(void) { return 0; }
void *pt_map(size_t size) { (void)size; return NULL; }
void pt_unmap(void *memory, size_t size) { (void)memory; (void)size; }
int pt_capture_open(void) { return -1; }
ptrdiff_t pt_capture_read(int descriptor, int64_t start, int64_t end, void *buffer, size_t size) {
    (void)descriptor; (void)start; (void)end; (void)buffer; (void)size;
    return 0;
}
void pt_close(int descriptor) { (void)descriptor; }
int pt_child_fork(pt_page *page, int capture, void (*serve)(void *), void (*salvage)(void *), void *context) {
    (void)page; (void)capture; (void)serve; (void)salvage; (void)context;
    return -1;
}
void pt_child_next(pt_page *page) { (void)page; }
void pt_child_answer(pt_page *page) { (void)page; }
void pt_child_start(pt_page *page) { (void)page; }
int pt_child_wait(pt_page *page, int pid, int64_t slice) { (void)page; (void)pid; (void)slice; return 1; }
int64_t pt_child_starved(int pid) { (void)pid; return -1; }
int pt_child_end(int pid) { (void)pid; return 0; }
int pt_symbol(uint64_t address, char *name, size_t name_size, uint64_t *offset, char *image, size_t image_size) {
    (void)address; (void)name; (void)name_size; (void)offset; (void)image; (void)image_size;
    return 0;
}

#endif
