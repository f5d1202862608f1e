// See FuzzingDrivers.h. Everything of another engine is a weak reference: not linked, it is NULL.
#include "include/FuzzingDrivers.h"
#include "include/FuzzingRuntime.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int (*one_input)(const uint8_t *, size_t);

// libFuzzer: compiler-rt/lib/fuzzer/FuzzerInterface.h and its hooks for string functions.
extern int LLVMFuzzerRunDriver(int *argc, char ***argv, one_input) __attribute__((weak));
extern size_t LLVMFuzzerMutate(uint8_t *bytes, size_t count, size_t capacity) __attribute__((weak));
extern void __sanitizer_weak_hook_memcmp(void *site, const void *a, const void *b, size_t count, int result) __attribute__((weak));
extern void __sanitizer_weak_hook_memmem(void *site, const void *a, size_t a_count, const void *b, size_t b_count, void *result)
    __attribute__((weak));

// AFL++: instrumentation/afl-compiler-rt.o.c.
extern void __afl_manual_init(void) __attribute__((weak));
extern int __afl_persistent_loop(unsigned) __attribute__((weak));
extern uint8_t *__afl_area_ptr __attribute__((weak));
extern uint32_t __afl_map_size __attribute__((weak));
extern uint8_t *__afl_fuzz_ptr __attribute__((weak));
extern uint32_t *__afl_fuzz_len __attribute__((weak));
extern int __afl_sharedmem_fuzzing __attribute__((weak));
// How afl-fuzz knows by the file alone that a program loops and starts its fork server itself.
static const char *volatile persistent_mark = "##SIG_AFL_PERSISTENT##";
static const char *volatile deferred_mark = "##SIG_AFL_DEFER_FORKSRV##";

enum { AFL_MAP = 1 << 16, AFL_LOOPS = 100000, INPUT_LIMIT = 1 << 20 };

static void *context;
static pulsegate_fuzz_input_function run_input;
static pulsegate_fuzz_mutate_function mutate_input;

int pulsegate_fuzz_driver(void) {
    if (LLVMFuzzerRunDriver) return PULSEGATE_FUZZ_LIBFUZZER;
    if (__afl_persistent_loop && __afl_manual_init) return PULSEGATE_FUZZ_AFL;
    return PULSEGATE_FUZZ_NO_DRIVER;
}

void pulsegate_fuzz_set_input_function(void *with, pulsegate_fuzz_input_function run, pulsegate_fuzz_mutate_function mutate) {
    context = with;
    run_input = run;
    mutate_input = mutate;
}

// The two functions that libFuzzer's targets export. Weak: a program that has its own keeps it.
static int own_input(const uint8_t *bytes, size_t count) {
    if (run_input) run_input(context, bytes, count);
    return 0;
}
extern int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) __attribute__((weak, alias("own_input")));

__attribute__((weak)) size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t count, size_t capacity, unsigned seed) {
    if (mutate_input) return mutate_input(context, bytes, count, capacity, seed);
    return pulsegate_fuzz_foreign_mutate(bytes, count, capacity);
}

pulsegate_fuzz_c_target pulsegate_fuzz_linked_target(void) {
    // Our own definition stands in where nothing else is linked.
    return LLVMFuzzerTestOneInput == own_input ? NULL : LLVMFuzzerTestOneInput;
}

size_t pulsegate_fuzz_foreign_mutate(uint8_t *bytes, size_t count, size_t capacity) {
    return LLVMFuzzerMutate ? LLVMFuzzerMutate(bytes, count, capacity) : 0;
}

bool pulsegate_fuzz_tell_driver(const void *site, const uint8_t *a, uint32_t a_length, const uint8_t *b, uint32_t b_length) {
    if (!LLVMFuzzerRunDriver) return false;
    uint32_t a_count = a_length < PULSEGATE_FUZZ_TEXT ? a_length : PULSEGATE_FUZZ_TEXT;
    uint32_t b_count = b_length < PULSEGATE_FUZZ_TEXT ? b_length : PULSEGATE_FUZZ_TEXT;
    if (a_count == b_count && a_count > 0 && __sanitizer_weak_hook_memcmp) {
        int result = memcmp(a, b, a_count);
        __sanitizer_weak_hook_memcmp((void *)site, a, b, a_count, result);
    }
    if (b_count > 0 && __sanitizer_weak_hook_memmem) __sanitizer_weak_hook_memmem((void *)site, a, a_count, b, b_count, NULL);
    return true;
}

static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE};
enum { FATAL = sizeof fatal / sizeof fatal[0] };

void pulsegate_fuzz_without_backtracer(char **argv) {
    bool handled = false;
    for (int i = 0; i < FATAL; i++) {
        struct sigaction action;
        if (sigaction(fatal[i], NULL, &action) == 0 && action.sa_handler != SIG_DFL) handled = true;
    }
    if (!handled || !pulsegate_fuzz_backtracer_enabled()) return;
    setenv("SWIFT_BACKTRACE", "enable=no", 1);
    execv("/proc/self/exe", argv);
    // No /proc here. An address sanitizer's own handlers go too; the engine that is linked brings others.
    for (int i = 0; i < FATAL; i++) signal(fatal[i], SIG_DFL);
}

// ---- AFL++ ---------------------------------------------------------------------------------------------------------------------------------

static uint32_t map_size;

static void fill_map(void) {
    if (!__afl_area_ptr || !map_size) return;
    pulsegate_fuzz_fold_counters(__afl_area_ptr, map_size);
}

static void on_death(int number) {
    fill_map();
    signal(number, SIG_DFL);
    raise(number);
}

static size_t read_all(int file, uint8_t *bytes) {
    size_t count = 0;
    while (count < INPUT_LIMIT) {
        ssize_t got = read(file, bytes + count, INPUT_LIMIT - count);
        if (got <= 0) break;
        count += (size_t)got;
    }
    return count;
}

static void afl_input(const uint8_t *bytes, size_t count) {
    pulsegate_fuzz_clear_counters();
    // A copy of its very size, so that a read past the end is one.
    uint8_t *copy = malloc(count ? count : 1);
    if (!copy) return;
    memcpy(copy, bytes, count);
    own_input(copy, count);
    free(copy);
    fill_map();
}

static int afl(int argc, char **argv) {
    // A stack overflow has no stack left for its handler.
    static uint8_t spare[1 << 16];
    stack_t stack = {.ss_sp = spare, .ss_size = sizeof spare};
    sigaltstack(&stack, NULL);
    for (int i = 0; i < FATAL; i++) {
        struct sigaction action;
        memset(&action, 0, sizeof action);
        action.sa_handler = on_death;
        action.sa_flags = SA_ONSTACK | SA_NODEFER;
        sigaction(fatal[i], &action, NULL);
    }
    static uint8_t buffer[INPUT_LIMIT];
    map_size = AFL_MAP;
    if (argc > 1) {
        for (int i = 1; i < argc; i++) {
            int file = open(argv[i], O_RDONLY | O_CLOEXEC);
            if (file < 0) {
                fprintf(stderr, "error: %s cannot be read\n", argv[i]);
                return 2;
            }
            size_t count = read_all(file, buffer);
            close(file);
            afl_input(buffer, count);
        }
        return 0;
    }
    // Read, so that the linker keeps the marks.
    if (!persistent_mark || !deferred_mark) return 7;
    __afl_sharedmem_fuzzing = 1;
    __afl_manual_init();
    while (__afl_persistent_loop(AFL_LOOPS)) {
        if (__afl_fuzz_ptr) {
            afl_input(__afl_fuzz_ptr, *__afl_fuzz_len < INPUT_LIMIT ? *__afl_fuzz_len : INPUT_LIMIT);
        } else {
            afl_input(buffer, read_all(0, buffer));
        }
    }
    return 0;
}

int pulsegate_fuzz_drive(int argc, char **argv) {
    pulsegate_fuzz_without_backtracer(argv);
    pulsegate_fuzz_open_gate(0);
    switch (pulsegate_fuzz_driver()) {
    case PULSEGATE_FUZZ_LIBFUZZER: return LLVMFuzzerRunDriver(&argc, &argv, LLVMFuzzerTestOneInput);
    case PULSEGATE_FUZZ_AFL: return afl(argc, argv);
    default: return 2;
    }
}
