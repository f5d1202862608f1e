// Small wrappers around calls that are variadic or macros in C and therefore invisible to Swift.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ChildProcessesRuntime.h"

/// Moves a descriptor above 2, so that giving 0, 1 and 2 to a command never overwrites it. A program may be started
/// with its standard descriptors closed, and then open(2) hands them out.
static int above_standard(int descriptor) {
    if (descriptor < 0 || descriptor > 2) return descriptor;
    int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
    int error = errno;
    close(descriptor);
    errno = error;
    return moved;
}

int runtime_pipe(int ends[2]) {
    if (pipe2(ends, O_CLOEXEC) != 0) return -1;
    ends[0] = above_standard(ends[0]);
    int error = errno;
    ends[1] = above_standard(ends[1]);
    if (ends[0] >= 0 && ends[1] >= 0) return 0;
    if (ends[0] >= 0) error = errno;
    if (ends[0] >= 0) close(ends[0]);
    if (ends[1] >= 0) close(ends[1]);
    errno = error;
    return -1;
}

int runtime_open(const char *path, int flags) {
    int descriptor;
    do descriptor = open(path, flags | O_CLOEXEC);
    while (descriptor < 0 && errno == EINTR);
    return above_standard(descriptor);
}

int runtime_set_nonblocking(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0) return -1;
    return fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
}

int runtime_bytes_waiting(int descriptor) {
    int count = 0;
    return ioctl(descriptor, FIONREAD, &count) == 0 ? count : -1;
}

int runtime_pipe_capacity(int descriptor) {
    int capacity = fcntl(descriptor, F_GETPIPE_SZ);
    return capacity > 0 ? capacity : 65536;
}

void runtime_trip(int descriptor) {
    int error = errno;
    char byte = 1;
    ssize_t written = write(descriptor, &byte, 1);
    (void)written;  // a full pipe is a tripped pipe
    errno = error;
}

char **runtime_environment(void) { return environ; }

int runtime_exit_code(int wait_status) { return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : -1; }

int runtime_exit_signal(int wait_status) { return WIFSIGNALED(wait_status) ? WTERMSIG(wait_status) : 0; }
