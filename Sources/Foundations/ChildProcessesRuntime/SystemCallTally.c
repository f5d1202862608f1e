// The tracer of SystemCallTally.h. Below the fork there are system calls only (async-signal-safe(7)): our process has threads.

#define _GNU_SOURCE
#include "SystemCallTally.h"

#include <errno.h>
#include <fcntl.h>
#include <features.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ChildProcessesRuntime.h"

enum { exit_status_not_started = 127 };

static pid_t fork_plainly(void) {
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
    return _Fork();
#else
    return fork();
#endif
}

static int64_t monotonic_nanoseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void write_all(int descriptor, const void *bytes, size_t count) {
    const char *at = bytes;
    while (count > 0) {
        ssize_t written = write(descriptor, at, count);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;
        at += written;
        count -= (size_t)written;
    }
}

static void default_dispositions(void) {
    const char default_action[64] __attribute__((aligned(8))) = {0};
    for (int number = 1; number <= 64; number += 1) syscall(SYS_rt_sigaction, number, default_action, NULL, 8);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

// Steps before the program runs; `failure` is a pipe that execve closes.
static _Noreturn void become_program(const struct system_call_request *request, int failure, pid_t tracer) {
    int32_t problem[2] = {system_call_not_started, 0};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != tracer) _exit(exit_status_not_started);
    default_dispositions();
    setpgid(0, 0);
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0) {
        problem[0] = system_call_not_permitted;
    } else {
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);
        if (null >= 0) {
            for (int i = 0; i < 3; i += 1) dup2(null, i);
            // dup2 onto itself would keep the flag to close.
            if (null < 3) fcntl(null, F_SETFD, 0);
            raise(SIGSTOP);
            if (request->directory == NULL || chdir(request->directory) == 0)
                execve(request->path, (char *const *)request->arguments, (char *const *)request->environment);
        }
    }
    problem[1] = errno;
    write_all(failure, problem, sizeof problem);
    _exit(exit_status_not_started);
}

struct tally {
    struct system_call_report report;
    bool counting;
};

static void take_call(struct tally *tally, pid_t pid) {
    struct __ptrace_syscall_info call;
    memset(&call, 0, sizeof call);
    if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof call, &call) <= 0) {
        // ESRCH: it was killed between the stop and the question.
        if (errno != ESRCH) {
            tally->report.status = system_call_not_permitted;
            tally->report.error_number = errno;
        }
        return;
    }
    if (call.op != PTRACE_SYSCALL_INFO_ENTRY) return;
    if (call.entry.nr == SYS_lseek && (int32_t)call.entry.args[0] == -system_call_mark && call.entry.args[1] == 0) {
        if (call.entry.args[2] == system_call_mark_begin) tally->counting = true;
        if (call.entry.args[2] == system_call_mark_end && tally->counting) {
            tally->counting = false;
            tally->report.sections += 1;
        }
        return;
    }
    if (!tally->counting) return;
    tally->report.total += 1;
    if (call.entry.nr < system_call_numbers) tally->report.by_number[call.entry.nr] += 1;
}

static void follow(struct tally *tally, pid_t program) {
    const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC
        | PTRACE_O_EXITKILL;
    bool is_set_up = false;
    while (tally->report.status == system_call_counted) {
        int status = 0;
        pid_t pid = waitpid(-1, &status, __WALL);
        if (pid < 0 && errno == EINTR) continue;
        if (pid < 0) {
            tally->report.status = system_call_lost;
            return;
        }
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            if (pid != program) continue;
            tally->report.wait_status = status;
            tally->report.unfinished = tally->counting;
            return;
        }
        if (!WIFSTOPPED(status)) continue;
        int signal_number = WSTOPSIG(status), delivered = 0;
        if (!is_set_up) {
            if (ptrace(PTRACE_SETOPTIONS, pid, NULL, options) != 0) {
                tally->report.status = system_call_not_permitted;
                tally->report.error_number = errno;
                return;
            }
            is_set_up = true;
        } else if (signal_number == (SIGTRAP | 0x80)) {
            take_call(tally, pid);
        } else if ((status >> 16) == 0 && signal_number != SIGSTOP) {
            // SIGSTOP is how the kernel presents a new thread; none is passed on, since a stopped program would never be counted.
            delivered = signal_number;
        }
        // ESRCH: killed meanwhile; its end is told next.
        ptrace(PTRACE_SYSCALL, pid, NULL, delivered);
    }
}

static _Noreturn void tracer_main(const struct system_call_request *request, int output, pid_t parent) {
    prctl(PR_SET_NAME, "pg-tally");
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(exit_status_not_started);
    setsid();
    default_dispositions();
    struct tally tally;
    memset(&tally, 0, sizeof tally);
    int failure[2];
    if (pipe2(failure, O_CLOEXEC) != 0) _exit(exit_status_not_started);
    pid_t self = getpid();
    pid_t program = fork_plainly();
    if (program == 0) become_program(request, failure[1], self);
    close(failure[1]);
    if (program < 0) {
        tally.report.status = system_call_not_started;
        tally.report.error_number = errno;
    } else {
        follow(&tally, program);
        int32_t problem[2];
        // What a program that could not be executed said before it ended.
        int flags = fcntl(failure[0], F_GETFL);
        fcntl(failure[0], F_SETFL, flags | O_NONBLOCK);
        if (read(failure[0], problem, sizeof problem) == sizeof problem) {
            tally.report.status = problem[0];
            tally.report.error_number = problem[1];
        }
    }
    write_all(output, &tally.report, sizeof tally.report);
    _exit(0);
}

void runtime_count_system_calls(const struct system_call_request *request, struct system_call_report *report) {
    memset(report, 0, sizeof *report);
    report->status = system_call_not_started;
    int ends[2];
    if (runtime_pipe(ends) != 0) {
        report->error_number = errno;
        return;
    }
    int64_t started = monotonic_nanoseconds();
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t self = getpid();
    pid_t tracer = fork_plainly();
    if (tracer == 0) tracer_main(request, ends[1], self);
    report->error_number = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(ends[1]);
    if (tracer < 0) {
        close(ends[0]);
        return;
    }
    struct system_call_report told;
    size_t have = 0;
    int32_t outcome = system_call_lost;
    while (have < sizeof told) {
        int64_t left = request->timeout_nanoseconds - (monotonic_nanoseconds() - started);
        if (left <= 0) {
            outcome = system_call_timed_out;
            break;
        }
        int64_t milliseconds = left / 1000000 + 1;
        struct pollfd watched = {.fd = ends[0], .events = POLLIN};
        int ready = poll(&watched, 1, milliseconds > 1000 ? 1000 : (int)milliseconds);
        if (ready <= 0) continue;
        ssize_t count = read(ends[0], (char *)&told + have, sizeof told - have);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        have += (size_t)count;
    }
    close(ends[0]);
    // With it goes whatever it traces.
    kill(tracer, SIGKILL);
    while (waitpid(tracer, NULL, 0) < 0 && errno == EINTR) {}
    if (have == sizeof told) {
        *report = told;
    } else {
        report->status = outcome;
        report->error_number = 0;
    }
}

