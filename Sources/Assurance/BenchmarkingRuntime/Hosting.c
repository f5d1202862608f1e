// A build of a suite as a library, and the host that loads two of them.
//
// The library is linked from the same objects as the executable and holds its `main`. Told that it is hosted, `main` offers its benchmarks
// by a table of C functions and returns, so that two builds of the same types live in one process and never meet.
#define _GNU_SOURCE
#include "BenchmarkingRuntime.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static bool is_hosted;
static struct pulsegate_bench_table offered;

void pulsegate_bench_begin_hosting(void) { is_hosted = true; }
bool pulsegate_bench_is_hosted(void) { return is_hosted; }
void pulsegate_bench_offer(const struct pulsegate_bench_table *table) { offered = *table; }
const struct pulsegate_bench_table *pulsegate_bench_offered(void) { return offered.version == 0 ? NULL : &offered; }

static char problem[1024];

static const struct pulsegate_bench_table *fail(const char **message, const char *what) {
    snprintf(problem, sizeof problem, "%s", what == NULL ? "unknown" : what);
    *message = problem;
    return NULL;
}

const struct pulsegate_bench_table *pulsegate_bench_load(const char *path, const char **message) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) return fail(message, dlerror());
    void (*begin)(void) = (void (*)(void))dlsym(library, "pulsegate_bench_begin_hosting");
    const struct pulsegate_bench_table *(*table)(void) =
        (const struct pulsegate_bench_table *(*)(void))dlsym(library, "pulsegate_bench_offered");
    void (*share)(pulsegate_bench_counts) = (void (*)(pulsegate_bench_counts))dlsym(library, "pulsegate_bench_share_counts");
    int (*run_main)(int, char **) = (int (*)(int, char **))dlsym(library, "main");
    if (begin == NULL || table == NULL || share == NULL) return fail(message, "it is no benchmark suite: it does not link BenchmarkingRuntime");
    if (run_main == NULL) return fail(message, "it has no main");
    // Symbols must be the library's own, not those of this program.
    if (begin == pulsegate_bench_begin_hosting) return fail(message, "its symbols are bound to the host's (-Bsymbolic is missing)");
    begin();
    share(pulsegate_bench_allocations_of_thread);
    static char name[] = "suite";
    char *arguments[] = {name, NULL};
    run_main(1, arguments);
    const struct pulsegate_bench_table *found = table();
    if (found == NULL) return fail(message, "its main offered no benchmarks");
    if (found->version != PULSEGATE_BENCH_TABLE_VERSION) return fail(message, "it was built with another version of Benchmarking");
    return found;
}
