// One scan reads /proc/<pid>/stat of every process into a table, then walks each entry's chain of parents until it
// meets the root or an entry whose answer is known. /proc lists processes by ascending number, so a parent is found
// by bisection: O(n log n) a scan. A scan is a snapshot of a moving thing. That is no harm, because the caller repeats
// it until waitpid says that nothing is left.
//
// Between scan and signal a process can end and its number can be given to a stranger. So each process is pinned with
// pidfd_open, looked at once more, and signalled through the pidfd only if its start time is that of the scan.

#define _GNU_SOURCE
#include "ProcessTree.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { mark_unknown = 0, mark_inside = 1, mark_outside = 2 };

/// Room for one stat line up to its 22nd field: 20 numbers of at most 20 digits and a name of at most 64 bytes.
enum { stat_line_limit = 1024, directory_buffer_size = 32768 };

/// The layout getdents64(2) documents.
struct directory_entry {
    uint64_t inode;
    int64_t offset;
    unsigned short length;
    unsigned char type;
    char name[];
};

struct process_entry *process_tree_reserve(void) {
    void *memory = mmap(
        NULL, sizeof(struct process_entry) * PROCESS_TREE_LIMIT, PROT_READ | PROT_WRITE,
        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

/// The number a directory of /proc is named by; 0 for any other name.
static int32_t process_number(const char *name) {
    int32_t number = 0;
    if (name[0] == '\0') return 0;
    for (int i = 0; name[i] != '\0'; i += 1) {
        if (name[i] < '0' || name[i] > '9' || i >= 9) return 0;
        number = number * 10 + (name[i] - '0');
    }
    return number;
}

/// Reads "<pid>/stat" below the open /proc. 1 when `entry` was filled.
static int read_entry(int proc, int32_t pid, struct process_entry *entry) {
    char path[24];
    char digits[12];
    int count = 0, length = 0;
    for (int32_t rest = pid; rest > 0; rest /= 10) digits[count++] = (char)('0' + rest % 10);
    while (count > 0) path[length++] = digits[--count];
    for (const char *suffix = "/stat"; *suffix != '\0'; suffix += 1) path[length++] = *suffix;
    path[length] = '\0';

    int file = openat(proc, path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    char line[stat_line_limit];
    ssize_t size = read(file, line, sizeof line - 1);
    close(file);
    if (size <= 0) return 0;
    line[size] = '\0';

    // The name in parentheses may hold anything, ')' too: what follows the last one is ours.
    ssize_t at = size - 1;
    while (at >= 0 && line[at] != ')') at -= 1;
    if (at < 0 || at + 2 >= size) return 0;
    char state = line[at + 2];
    at += 3;
    uint64_t threads = 0;
    entry->pid = pid;
    entry->parent = 0;
    entry->start_ticks = 0;
    for (int field = 4; field <= 22; field += 1) {
        while (line[at] == ' ') at += 1;
        if (line[at] == '\0') return 0;
        uint64_t value = 0;
        while (line[at] != ' ' && line[at] != '\0') {
            if (line[at] >= '0' && line[at] <= '9') value = value * 10 + (uint64_t)(line[at] - '0');
            at += 1;
        }
        if (field == 4) entry->parent = (int32_t)value;
        if (field == 20) threads = value;
        if (field == 22) entry->start_ticks = value;
    }
    entry->mark = mark_unknown;
    // A zombie whose other threads run (its main thread called pthread_exit) is alive.
    entry->alive = !((state == 'Z' || state == 'X') && threads <= 1);
    return 1;
}

/// Fills the table; the number of entries, or -1.
static int scan(int proc, struct process_entry *table, int *sorted) {
    char buffer[directory_buffer_size] __attribute__((aligned(8)));
    int count = 0;
    *sorted = 1;
    if (lseek(proc, 0, SEEK_SET) < 0) return -1;
    for (;;) {
        long size = syscall(SYS_getdents64, proc, buffer, sizeof buffer);
        if (size < 0) return -1;
        if (size == 0) return count;
        for (long at = 0; at < size;) {
            const struct directory_entry *entry = (const struct directory_entry *)(const void *)(buffer + at);
            at += entry->length;
            int32_t pid = process_number(entry->name);
            if (pid == 0 || count >= PROCESS_TREE_LIMIT) continue;
            if (!read_entry(proc, pid, &table[count])) continue;
            if (count > 0 && table[count - 1].pid >= pid) *sorted = 0;
            count += 1;
        }
    }
}

static int find(const struct process_entry *table, int count, int sorted, int32_t pid) {
    if (!sorted) {
        for (int i = 0; i < count; i += 1)
            if (table[i].pid == pid) return i;
        return -1;
    }
    int low = 0, high = count - 1;
    while (low <= high) {
        int middle = low + (high - low) / 2;
        if (table[middle].pid == pid) return middle;
        if (table[middle].pid < pid) low = middle + 1;
        else high = middle - 1;
    }
    return -1;
}

/// Decides for entry `index`, and for all on its way up, whether the root is above.
static void decide(struct process_entry *table, int count, int sorted, int index, pid_t root) {
    int8_t answer = mark_outside;
    int at = index;
    // A snapshot that is not of one moment may hold a circle; no honest chain is longer than the table.
    for (int steps = 0; at >= 0 && steps <= count; steps += 1) {
        if (table[at].pid == root) break;
        if (table[at].mark != mark_unknown) {
            answer = table[at].mark;
            break;
        }
        if (table[at].parent == root) {
            answer = mark_inside;
            break;
        }
        at = find(table, count, sorted, table[at].parent);
    }
    at = index;
    for (int steps = 0; at >= 0 && steps <= count; steps += 1) {
        if (table[at].pid == root || table[at].mark != mark_unknown) return;
        table[at].mark = answer;
        if (table[at].parent == root) return;
        at = find(table, count, sorted, table[at].parent);
    }
}

static void deliver(int proc, const struct process_entry *entry, int signal_number) {
#if defined(SYS_pidfd_open) && defined(SYS_pidfd_send_signal)
    int pinned = (int)syscall(SYS_pidfd_open, entry->pid, 0);
    if (pinned >= 0) {
        struct process_entry now;
        if (read_entry(proc, entry->pid, &now) && now.start_ticks == entry->start_ticks)
            syscall(SYS_pidfd_send_signal, pinned, signal_number, NULL, 0);
        close(pinned);
        return;
    }
    if (errno == ESRCH) return;
#else
    (void)proc;
#endif
    kill(entry->pid, signal_number);
}

int process_tree_signal(struct process_entry *table, pid_t root, int signal_number) {
    int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (proc < 0) return -1;
    int sorted = 1;
    int count = scan(proc, table, &sorted);
    int descendants = 0;
    for (int i = 0; i < count; i += 1) {
        if (table[i].pid == root) continue;
        decide(table, count, sorted, i, root);
        if (table[i].mark != mark_inside || !table[i].alive) continue;
        descendants += 1;
        if (signal_number != 0) deliver(proc, &table[i], signal_number);
        // A stopped process takes a SIGTERM only when it runs again.
        if (signal_number == SIGTERM) deliver(proc, &table[i], SIGCONT);
    }
    close(proc);
    return count < 0 ? -1 : descendants;
}
