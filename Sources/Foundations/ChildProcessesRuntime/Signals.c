// Signal handlers that do one thing: write a byte into a pipe. The handler is C because a Swift function may retain,
// allocate or look up metadata, none of which is allowed in a handler.

#define _GNU_SOURCE
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

#include "ChildProcessesRuntime.h"

/// Signals that are passed on as trips (first: end with grace, second: kill at once) before the default action is back.
enum { trips_before_default = 2, handled_count = 3 };

static const int handled[handled_count] = {SIGINT, SIGTERM, SIGHUP};
static struct sigaction replaced[handled_count];
static struct sigaction replaced_pipe;
static atomic_int installed;
static atomic_int trip_descriptor = -1;
static atomic_int first_signal;
static atomic_int arrivals;

static void on_signal(int number) {
    int none = 0;
    atomic_compare_exchange_strong(&first_signal, &none, number);
    int arrival = atomic_fetch_add(&arrivals, 1) + 1;
    int descriptor = atomic_load(&trip_descriptor);
    if (descriptor >= 0) runtime_trip(descriptor);
    if (arrival >= trips_before_default)
        for (int i = 0; i < handled_count; i += 1) signal(handled[i], SIG_DFL);
}

int runtime_install_signals(int descriptor) {
    atomic_store(&trip_descriptor, descriptor);
    atomic_store(&first_signal, 0);
    atomic_store(&arrivals, 0);
    int again = atomic_exchange(&installed, 1);

    struct sigaction action = {0};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < handled_count; i += 1) sigaddset(&action.sa_mask, handled[i]);
    for (int i = 0; i < handled_count; i += 1) {
        struct sigaction before;
        if (sigaction(handled[i], &action, &before) != 0) return -1;
        if (!again) replaced[i] = before;
        // Under nohup(1), and for background jobs of a plain sh, ignored signals must stay ignored.
        if (replaced[i].sa_handler == SIG_IGN && sigaction(handled[i], &replaced[i], NULL) != 0) return -1;
    }
    struct sigaction ignore = {0};
    struct sigaction before;
    ignore.sa_handler = SIG_IGN;
    if (sigaction(SIGPIPE, &ignore, &before) != 0) return -1;
    if (!again) replaced_pipe = before;
    return 0;
}

void runtime_remove_signals(void) {
    if (!atomic_exchange(&installed, 0)) return;
    for (int i = 0; i < handled_count; i += 1) sigaction(handled[i], &replaced[i], NULL);
    sigaction(SIGPIPE, &replaced_pipe, NULL);
    atomic_store(&trip_descriptor, -1);
}

int runtime_first_signal(void) { return atomic_load(&first_signal); }
