/// Counts the system calls of a program between two marks that it makes itself, by ptrace(2).
///
/// ```
/// our process ──fork──> tracer ──fork──> program, with all its threads and descendants
/// ```
///
/// The tracer follows every thread and descendant. The kernel kills all of them when it ends (PTRACE_O_EXITKILL), and
/// kills it when we end, so that a program that hangs goes with everything that it started when its time is over.
#ifndef SYSTEM_CALL_TALLY_H
#define SYSTEM_CALL_TALLY_H

#include <stdint.h>

enum {
    /// A program marks by lseek(-system_call_mark, 0, phase), which fails with EBADF and does nothing else.
    system_call_mark = 0x50474d4b,
    system_call_mark_begin = 0x10,
    system_call_mark_end = 0x11,
    /// Numbers are told apart up to this one; those above are in the total alone.
    system_call_numbers = 512,
};

enum system_call_status {
    system_call_counted = 0,
    system_call_not_permitted = 1,  ///< no ptrace here: `error_number`
    system_call_not_started = 2,    ///< `error_number` of the step that failed
    system_call_timed_out = 3,
    system_call_lost = 4,  ///< the tracer ended without a report
};

struct system_call_request {
    const char *path;                ///< executable, no search
    const char *const *arguments;    ///< NULL-terminated
    const char *const *environment;  ///< NULL-terminated
    const char *directory;           ///< or NULL
    int64_t timeout_nanoseconds;
};

struct system_call_report {
    int32_t status;
    int32_t error_number;
    int32_t wait_status;  ///< of the program, where it was counted
    int32_t unfinished;   ///< 1 when it ended between a beginning and an end
    uint64_t sections;    ///< pairs of marks
    uint64_t total;
    uint64_t by_number[system_call_numbers];
};

/// Runs the program to its end, its streams on /dev/null. Everything that it started has ended or has been killed afterwards.
void runtime_count_system_calls(const struct system_call_request *request, struct system_call_report *report);

#endif
