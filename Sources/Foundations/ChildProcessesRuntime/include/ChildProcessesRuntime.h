/// What ChildProcesses cannot do from Swift: fork, and run code in the forked copy.
///
/// After `fork` in a program with threads only async-signal-safe code may run, which rules Swift out (its runtime may
/// allocate or take a lock at any point). So the *guardian*, the forked process that owns one command and everything
/// the command starts, is C that calls nothing but system calls.
///
///     our process ──lifeline (a pipe)──> guardian ──fork, exec──> command ──> whatever it starts
///                 <──status (a pipe)────
///
/// - The guardian is a child subreaper (prctl(2), PR_SET_CHILD_SUBREAPER): a descendant whose parent dies becomes the
///   guardian's child, however often it forked or called setsid. "No child left" (ECHILD) therefore means that no
///   descendant is left.
/// - Only our process holds the writing end of the lifeline. When we die, by whatever cause, the kernel closes it, and
///   the guardian kills all descendants.
/// - Everything the guardian has to say is one fixed-size message on the status pipe, each written at once.
///
/// Out of reach: work handed to a process that is no descendant (a container daemon, `systemd-run`, `at`), and a
/// guardian that is itself killed with SIGKILL (the command then dies by PR_SET_PDEATHSIG; what it started does not).
#ifndef CHILD_PROCESSES_RUNTIME_H
#define CHILD_PROCESSES_RUNTIME_H

#include <stdint.h>
#include <sys/types.h>

#include "SystemCallTally.h"

/// Bytes on the lifeline.
enum {
    guardian_order_terminate = 'T',  ///< SIGTERM to every descendant, SIGKILL when the grace is over
    guardian_order_kill = 'K',       ///< SIGKILL at once
};

/// What a message on the status pipe says.
enum guardian_message_kind {
    guardian_message_started = 1,   ///< the command was forked: `pid`
    guardian_message_failed = 2,    ///< it could not be started: `stage`, `error_number`
    guardian_message_exited = 3,    ///< it ended: `wait_status`, times, memory, `ordered`
    guardian_message_finished = 4,  ///< no descendant is left but `survivors`; `strays` were killed
};

/// The step that failed on the way to the command.
enum guardian_stage {
    guardian_stage_none = 0,
    guardian_stage_prepare = 1,  ///< in the guardian, before the fork
    guardian_stage_fork = 2,
    guardian_stage_descriptors = 3,
    guardian_stage_directory = 4,  ///< chdir
    guardian_stage_execute = 5,    ///< execve
};

struct guardian_message {
    int32_t kind;
    int32_t pid;
    int32_t stage;
    int32_t error_number;
    int32_t wait_status;
    int32_t ordered;    ///< 1 when the command ended after an order to kill (or our death), 0 when by itself
    int32_t strays;     ///< descendants that were alive after the command had ended by itself
    int32_t survivors;  ///< descendants that even SIGKILL did not end in time
    int64_t wall_nanoseconds;
    int64_t user_nanoseconds;
    int64_t system_nanoseconds;
    int64_t maximum_resident_bytes;
    int64_t resident_floor_bytes;  ///< resident size of the copy of our process that became the command
};

struct guardian_request {
    const char *path;                ///< executable, no search
    const char *const *arguments;    ///< NULL-terminated
    const char *const *environment;  ///< NULL-terminated
    const char *directory;           ///< or NULL
    int standard_input;              ///< descriptors that the command gets as 0, 1, 2; all three >= 3
    int standard_output;
    int standard_error;
    int lifeline;  ///< reading end
    int status;    ///< writing end
    int64_t grace_nanoseconds;
};

/// Forks the guardian. Returns its pid, or -1 with errno. The caller closes its copies of the descriptors in `request`.
pid_t guardian_spawn(const struct guardian_request *request);

/// pipe2(O_CLOEXEC) with both ends above the standard descriptors. 0, or -1 with errno.
int runtime_pipe(int ends[2]);

/// open(2) with O_CLOEXEC, the result above the standard descriptors. -1 with errno.
int runtime_open(const char *path, int flags);

/// Sets O_NONBLOCK. 0, or -1 with errno.
int runtime_set_nonblocking(int descriptor);

/// Bytes waiting in a pipe, or -1.
int runtime_bytes_waiting(int descriptor);

/// The capacity of a pipe in bytes, or 65536 when the kernel does not say.
int runtime_pipe_capacity(int descriptor);

/// Writes one byte to a non-blocking pipe and keeps errno: safe in a signal handler.
void runtime_trip(int descriptor);

/// Lets SIGINT, SIGTERM and SIGHUP trip the pipe behind `descriptor`; from the third signal on, the default action is
/// back in force and the signal ends the process. Ignores SIGPIPE. 0, or -1 with errno.
int runtime_install_signals(int descriptor);

/// Puts the dispositions that runtime_install_signals replaced back.
void runtime_remove_signals(void);

/// The first signal that arrived since runtime_install_signals, or 0.
int runtime_first_signal(void);

/// environ(7), which may be NULL; Swift imports the variable as never NULL.
char **runtime_environment(void);

/// WIFEXITED, WEXITSTATUS, WTERMSIG are macros, invisible to Swift.
int runtime_exit_code(int wait_status);  ///< -1 when ended by a signal
int runtime_exit_signal(int wait_status);

#endif
