// The guardian: one forked process per command. It starts the command, waits for its end, for an order on the lifeline
// or for the lifeline's end, kills whatever is left, and reports. ChildProcessesRuntime.h says why it exists.
//
// Rules for everything below guardian_main: system calls only (async-signal-safe(7)), no allocation but the one mmap,
// no libc buffers; all signals stay blocked and are taken from a signalfd, so that nothing interrupts half-done work.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <features.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ChildProcessesRuntime.h"
#include "ProcessTree.h"

enum {
    /// What the command left behind has this long to end by itself before it counts as a stray: the last process of a
    /// pipeline, or a helper that notices its parent's end, is on its way out already.
    settle_milliseconds = 100,
    /// Pause between two killing scans. SIGCHLD cuts it short.
    rescan_milliseconds = 20,
    /// After this long under SIGKILL a process that is still there (uninterruptible sleep, other owner) is a survivor.
    kill_limit_milliseconds = 5000,
    exit_status_not_started = 127,
    /// Where descriptors must be closed one by one because the kernel has no close_range (before 5.9).
    descriptor_sweep_limit = 65536,
};

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

struct guardian {
    const struct guardian_request *request;
    struct process_entry *table;
    pid_t command;
    int signals;        ///< signalfd for SIGCHLD
    int lifeline;       ///< -1 once closed by the other end
    int order;          ///< the strongest order so far: 0, terminate, kill
    int command_ended;  ///< its report is sent
    int64_t started_at;
    int64_t resident_floor_bytes;
};

static int64_t now_nanoseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int64_t nanoseconds_of(struct timeval time) { return (int64_t)time.tv_sec * 1000000000 + (int64_t)time.tv_usec * 1000; }

static void report(const struct guardian *guardian, const struct guardian_message *message) {
    // Less than PIPE_BUF: written whole or not at all. When our process is gone the write fails, and that is fine.
    ssize_t written;
    do written = write(guardian->request->status, message, sizeof *message);
    while (written < 0 && errno == EINTR);
}

static void close_range_or_sweep(unsigned first, unsigned last, unsigned flags) {
    if (first > last) return;
#ifdef SYS_close_range
    if (syscall(SYS_close_range, first, last, flags) == 0) return;
#endif
    struct rlimit limit;
    unsigned end = descriptor_sweep_limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < end) end = (unsigned)limit.rlim_cur;
    for (unsigned descriptor = first; descriptor <= last && descriptor < end; descriptor += 1) {
        if (flags & CLOSE_RANGE_CLOEXEC) fcntl((int)descriptor, F_SETFD, FD_CLOEXEC);
        else close((int)descriptor);
    }
}

/// Closes every descriptor but the request's own. Among them may be the writing end of another command's lifeline.
static void close_all_others(const struct guardian_request *request) {
    int keep[5] = {request->standard_input, request->standard_output, request->standard_error, request->lifeline, request->status};
    for (int i = 1; i < 5; i += 1)
        for (int j = i; j > 0 && keep[j - 1] > keep[j]; j -= 1) {
            int swap = keep[j];
            keep[j] = keep[j - 1];
            keep[j - 1] = swap;
        }
    unsigned next = 0;
    for (int i = 0; i < 5; i += 1) {
        if ((unsigned)keep[i] > next) close_range_or_sweep(next, (unsigned)keep[i] - 1, 0);
        next = (unsigned)keep[i] + 1;
    }
    close_range_or_sweep(next, UINT_MAX, 0);
}

/// Default action for every signal, so that no handler of our process runs in the copy and no SIG_IGN (a host may
/// ignore SIGPIPE or SIGCHLD) is inherited through exec. By system call, as glibc refuses its internal signals 32 and
/// 33, which a parent may have ignored. An action of zeros is SIG_DFL without flags, whatever the layout.
static void reset_dispositions(void) {
    enum { kernel_signal_count = 64, kernel_mask_size = 8 };
    const char default_action[64] __attribute__((aligned(8))) = {0};
    for (int number = 1; number <= kernel_signal_count; number += 1)
        syscall(SYS_rt_sigaction, number, default_action, NULL, kernel_mask_size);
}

/// In the forked child: becomes the command.
static void become_command(struct guardian *guardian, pid_t parent) {
    const struct guardian_request *request = guardian->request;
    struct guardian_message message = {.kind = guardian_message_failed, .stage = guardian_stage_descriptors};

    setpgid(0, 0);
    // If somebody kills the guardian, nobody else would end the command. Cleared for what the command forks.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(exit_status_not_started);
    prctl(PR_SET_NAME, "pg-command");

    if (dup2(request->standard_input, 0) < 0 || dup2(request->standard_output, 1) < 0 || dup2(request->standard_error, 2) < 0)
        goto failed;
    close_range_or_sweep(3, UINT_MAX, CLOSE_RANGE_CLOEXEC);

    message.stage = guardian_stage_directory;
    if (request->directory != NULL && chdir(request->directory) != 0) goto failed;

    message.stage = guardian_stage_execute;
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(request->path, (char *const *)(const void *)request->arguments, (char *const *)(const void *)request->environment);
failed:
    message.error_number = errno;
    report(guardian, &message);
    _exit(exit_status_not_started);
}

/// Reports the command's end, with the time and memory of the command and of all children it waited for.
static void report_exit(struct guardian *guardian, int wait_status, const struct rusage *usage) {
    guardian->command_ended = 1;
    struct guardian_message message = {
        .kind = guardian_message_exited,
        .pid = guardian->command,
        .wait_status = wait_status,
        .ordered = guardian->order != 0,
        .wall_nanoseconds = now_nanoseconds() - guardian->started_at,
        .user_nanoseconds = nanoseconds_of(usage->ru_utime),
        .system_nanoseconds = nanoseconds_of(usage->ru_stime),
        .maximum_resident_bytes = (int64_t)usage->ru_maxrss * 1024,
        .resident_floor_bytes = guardian->resident_floor_bytes,
    };
    report(guardian, &message);
}

/// Collects all children that have ended. 0 when no child is left at all.
static int reap(struct guardian *guardian) {
    for (;;) {
        int wait_status = 0;
        struct rusage usage;
        pid_t pid = wait4(-1, &wait_status, WNOHANG, &usage);
        if (pid > 0) {
            if (pid == guardian->command && !guardian->command_ended) report_exit(guardian, wait_status, &usage);
            continue;
        }
        if (pid == 0) return 1;
        if (errno == EINTR) continue;
        return 0;
    }
}

/// Sleeps until a child ends, an order comes or `milliseconds` (-1: no limit) have passed, then takes in what there is.
static void wait_for_news(struct guardian *guardian, int milliseconds) {
    struct pollfd watched[2] = {
        {.fd = guardian->signals, .events = POLLIN},
        {.fd = guardian->lifeline, .events = POLLIN},
    };
    if (poll(watched, 2, milliseconds) <= 0) return;
    if (watched[0].revents & POLLIN) {
        struct signalfd_siginfo information;
        ssize_t size = read(guardian->signals, &information, sizeof information);
        (void)size;
    }
    if (watched[1].revents != 0) {
        reap(guardian);  // a command that had ended before the order came has ended by itself
        char order = 0;
        ssize_t size = read(guardian->lifeline, &order, 1);
        if (size == 0) {
            // Our process is gone, or wants no more of this command.
            close(guardian->lifeline);
            guardian->lifeline = -1;
            if (guardian->order == 0) guardian->order = guardian_order_terminate;
        } else if (size == 1 && (order == guardian_order_kill || guardian->order == 0)) {
            guardian->order = order;
        }
    }
}

/// Signals every descendant; without /proc at least the command's process group. The number of living descendants.
static int signal_descendants(struct guardian *guardian, int signal_number) {
    int count = guardian->table == NULL ? -1 : process_tree_signal(guardian->table, getpid(), signal_number);
    if (count >= 0) return count;
    if (signal_number != 0) kill(-guardian->command, signal_number);
    return kill(-guardian->command, 0) == 0 ? 1 : 0;
}

/// SIGTERM, grace, then SIGKILL until no child is left. The number of descendants that outlived even that.
static int end_descendants(struct guardian *guardian) {
    if (!reap(guardian)) return 0;
    if (guardian->order != guardian_order_kill && guardian->request->grace_nanoseconds > 0) {
        signal_descendants(guardian, SIGTERM);
        int64_t grace_start = now_nanoseconds();
        for (;;) {
            if (!reap(guardian)) return 0;
            int64_t left = guardian->request->grace_nanoseconds - (now_nanoseconds() - grace_start);
            if (left <= 0 || guardian->order == guardian_order_kill) break;
            int64_t milliseconds = left / 1000000 + 1;
            wait_for_news(guardian, milliseconds > 1000 ? 1000 : (int)milliseconds);
        }
    }
    int64_t kill_start = now_nanoseconds();
    for (;;) {
        int living = signal_descendants(guardian, SIGKILL);
        if (!reap(guardian)) return 0;
        if (now_nanoseconds() - kill_start > (int64_t)kill_limit_milliseconds * 1000000) return living;
        wait_for_news(guardian, rescan_milliseconds);
    }
}

/// How many descendants the command left alive, after they had a moment to end by themselves.
static int count_strays(struct guardian *guardian) {
    int64_t settle_start = now_nanoseconds();
    for (;;) {
        if (!reap(guardian)) return 0;
        int64_t left = settle_milliseconds - (now_nanoseconds() - settle_start) / 1000000;
        if (left <= 0 || guardian->order != 0) return signal_descendants(guardian, 0);
        wait_for_news(guardian, (int)left);
    }
}

static _Noreturn void guardian_fail(struct guardian *guardian, int stage) {
    struct guardian_message message = {.kind = guardian_message_failed, .stage = stage, .error_number = errno};
    report(guardian, &message);
    _exit(exit_status_not_started);
}

static _Noreturn void guardian_main(const struct guardian_request *request) {
    struct guardian guardian = {.request = request, .lifeline = request->lifeline, .signals = -1};

    // A session of its own: Ctrl-C in the terminal reaches our process only, which then decides.
    setsid();
    prctl(PR_SET_NAME, "pg-guardian");
    prctl(PR_SET_PDEATHSIG, 0);
    reset_dispositions();
    close_all_others(request);
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) guardian_fail(&guardian, guardian_stage_prepare);

    sigset_t child_signal;
    sigemptyset(&child_signal);
    sigaddset(&child_signal, SIGCHLD);
    guardian.signals = signalfd(-1, &child_signal, SFD_CLOEXEC | SFD_NONBLOCK);
    if (guardian.signals < 0) guardian_fail(&guardian, guardian_stage_prepare);
    guardian.table = process_tree_reserve();

    struct rusage own;
    if (getrusage(RUSAGE_SELF, &own) == 0) guardian.resident_floor_bytes = (int64_t)own.ru_maxrss * 1024;
    guardian.started_at = now_nanoseconds();

    pid_t self = getpid();
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
    guardian.command = _Fork();
#else
    guardian.command = fork();
#endif
    if (guardian.command < 0) guardian_fail(&guardian, guardian_stage_fork);
    if (guardian.command == 0) become_command(&guardian, self);
    setpgid(guardian.command, guardian.command);
    close(request->standard_input);
    close(request->standard_output);
    close(request->standard_error);

    struct guardian_message started = {.kind = guardian_message_started, .pid = guardian.command};
    report(&guardian, &started);

    while (reap(&guardian) && !guardian.command_ended && guardian.order == 0) wait_for_news(&guardian, -1);

    struct guardian_message finished = {.kind = guardian_message_finished};
    if (guardian.command_ended && guardian.order == 0) finished.strays = count_strays(&guardian);
    finished.survivors = end_descendants(&guardian);
    report(&guardian, &finished);
    _exit(0);
}

pid_t guardian_spawn(const struct guardian_request *request) {
    // Blocked before the fork and in the copy for good: a handler of our process must not run in the guardian.
    sigset_t all, before;
    sigfillset(&all);
    int error = pthread_sigmask(SIG_SETMASK, &all, &before);
    if (error != 0) {
        errno = error;
        return -1;
    }
    // _Fork(3) runs no pthread_atfork handlers, which are not async-signal-safe.
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
    pid_t pid = _Fork();
#else
    pid_t pid = fork();
#endif
    if (pid == 0) guardian_main(request);
    error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = error;
    return pid;
}
