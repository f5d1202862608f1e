// A campaign that is asked to end: SIGINT, SIGTERM and SIGHUP set a flag, and the suite's loop stops its workers in order. Workers inherit the handler:
// a signal to the whole group must not end a runner, which would be taken for a finding.
#include "FuzzingRuntime.h"

#include <signal.h>
#include <string.h>

static volatile sig_atomic_t asked;

static void on_interrupt(int signal) {
    (void)signal;
    asked = 1;
}

void pulsegate_fuzz_catch_stop(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_interrupt;
    sigemptyset(&action.sa_mask);
    const int asking[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof asking / sizeof *asking; i++) sigaction(asking[i], &action, NULL);
}

bool pulsegate_fuzz_stop_asked(void) { return asked != 0; }
