// Runs the bodies of a property in a forked child that may die.
//
// The parent and the child share a mapping. Its first page is a `pt_page`; what follows belongs to the caller (the record of the choices, the
// answer). One side has the turn at a time; the change of turns is a futex, so that a case that does not die costs no system object.
//
//     parent                               child
//     pt_child_fork(…)  ────────────────▶  signal handlers, limits; serve(context) loops:
//     fill in a case                         pt_child_next(page)      waits for the turn
//     pt_child_ask(page, pid, …)  ──────▶    runs the case
//       waits, with a limit       ◀──────    pt_child_answer(page)
//
// A child that receives a fatal signal writes down which one, where (instruction and frame pointers up the stack), and what it had printed to
// its standard error, calls `salvage`, hands the turn back and leaves by _exit: no core, no backtracer, no exit handlers, no half-written profile.
// A child whose parent dies is killed by the system (PR_SET_PDEATHSIG).
#ifndef PROPERTY_TESTING_RUNTIME_H
#define PROPERTY_TESTING_RUNTIME_H

#include "CoverageCounters.h"
#include <stddef.h>
#include <stdint.h>

enum { PT_FRAMES = 48, PT_OUTPUT = 65536 };

enum pt_turn { PT_TURN_PARENT = 0, PT_TURN_CHILD = 1 };

// Why a case has no answer.
enum pt_end {
    PT_END_ANSWERED = 0,
    PT_END_SIGNAL = 1,          // signal, fault address and frames are filled in
    PT_END_STACK_OVERFLOW = 2,
    PT_END_EXIT = 3,            // the body left the process by exit(3)
    PT_END_GONE = 4,            // ended without a word: _exit or SIGKILL
    PT_END_TIMEOUT = 5,
};

typedef struct pt_page {
    uint32_t turn;
    uint32_t end;
    int32_t signal;
    int32_t frame_count;
    uint64_t fault_address;
    uint64_t frames[PT_FRAMES];
    // What the dying child had written to its standard error in this case, as a range of the capture file.
    int64_t output_start;
    int64_t output_end;
    // The stack of the thread that forks, the same one for all forks of a page; known from the first fork on.
    uint64_t stack_low;
    uint64_t stack_high;
} pt_page;

// 1 where children are supported (Linux), else 0.
int pt_child_supported(void);

// A shared, zeroed mapping, or NULL.
void *pt_map(size_t size);
void pt_unmap(void *memory, size_t size);

// A file in memory that takes at most PT_OUTPUT bytes, or -1.
int pt_capture_open(void);
ptrdiff_t pt_capture_read(int descriptor, int64_t start, int64_t end, void *buffer, size_t size);
void pt_close(int descriptor);

// Forks. In the child: calls `serve(context)`, which must not return. `salvage(context)` is called from the handler of a fatal signal and at
// exit(3). Returns the child's id, or -1 with errno set.
int pt_child_fork(pt_page *page, int capture, void (*serve)(void *), void (*salvage)(void *), void *context);

// Child: waits for a case.
void pt_child_next(pt_page *page);
// Child: hands the answer over.
void pt_child_answer(pt_page *page);

// Parent: gives the child the turn and waits at most `slice_nanoseconds`: 1 when there is an end, 0 when it still runs.
void pt_child_start(pt_page *page);
int pt_child_wait(pt_page *page, int pid, int64_t slice_nanoseconds);

// Nanoseconds that the process has waited for a processor since its start, or -1.
int64_t pt_child_starved(int pid);

// Parent: tells a child that hangs to write down how far it came (SIGXCPU) and gives it a moment to do so.
void pt_child_call_time(pt_page *page, int pid);

// Parent: kills the child, if it lives, and reaps it. Returns its wait status.
int pt_child_end(int pid);

// The function around an instruction: its mangled name into `name`, its offset from the function's start, and the file name of its image into `image`.
// 1 when a name is known.
int pt_symbol(uint64_t address, char *name, size_t name_size, uint64_t *offset, char *image, size_t image_size);

// A mangled name as people write it; the name itself where it is none.
void pt_demangle(const char *symbol, char *name, size_t size);

#endif
