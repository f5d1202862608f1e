/// The descendants of a process, found in /proc with system calls only. See the C file for how.
#ifndef PROCESS_TREE_H
#define PROCESS_TREE_H

#include <stdint.h>
#include <sys/types.h>

/// Processes one scan takes in; more are left to the next scan (the killing loop scans until nothing is left).
#define PROCESS_TREE_LIMIT (1 << 18)

struct process_entry {
    int32_t pid;
    int32_t parent;
    uint64_t start_ticks;  ///< with the pid, the identity of a process
    int8_t mark;           ///< unknown, inside, outside
    int8_t alive;          ///< 0 for a zombie without threads
};

/// Room for PROCESS_TREE_LIMIT entries, reserved but not touched. NULL when the kernel refuses.
struct process_entry *process_tree_reserve(void);

/// Sends `signal_number` (0: none) to every living descendant of `root`, which is not counted itself, and returns how
/// many there are; -1 when /proc cannot be read.
int process_tree_signal(struct process_entry *table, pid_t root, int signal_number);

#endif
