// See FuzzingCodeConstants.h. A length decoder for x86-64 (Intel 64 manual, volume 2, appendix A; legacy, two- and three-byte maps and VEX)
// walks each function; a byte it does not know is skipped, so that data between instructions costs at most a few wrong entries, which a
// dictionary bears. Places in the executable that an instruction names are read as what Swift's compiler puts there: literal text (a large
// String's address is 32 bytes below its text; some linkers put literals into a writable segment), floating-point constants, static arrays
// (count at 16, elements at 32), the tables of compare tracing for `switch`.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "include/FuzzingCodeConstants.h"

#if defined(__linux__) && defined(__x86_64__)

#include "include/FuzzingStringHooks.h"

#include <link.h>
#include <stdbool.h>
#include <stddef.h>

// Between two globals lie the sanitizer's forbidden zones; a mapped byte is all that is asked for here.
#pragma clang attribute push(__attribute__((no_sanitize("address", "thread", "memory"))), apply_to = function)

enum {
    segment_limit = 16,
    window_limit = 8,           // immediates remembered: the two words of one text are rarely further apart
    element_limit = 256,        // elements of an array literal, cases of a switch
    scan_limit = 16384,         // bytes of an array literal searched for texts
    text_limit = 4096,          // longest literal believed in
    slot_count = 1 << 15,
};

typedef struct {
    uintptr_t low, high;
    bool code;
} segment;

typedef struct {
    segment segments[segment_limit];
    int segment_count;
    pulsegate_fuzz_constant *out;
    uint32_t count, capacity;
    uint64_t window[window_limit];       // immediates, newest last
    uint32_t window_count;
    uintptr_t targets[window_limit];     // places that `lea` named, newest last
    uint32_t target_count;
} harvest;

// Index + 1 of each constant by hash. Harvesting is done once, by one thread, before workers exist.
static uint16_t slots[slot_count];

static int note_segments(struct dl_phdr_info *info, size_t size, void *context) {
    harvest *h = context;
    (void)size;
    for (int i = 0; i < info->dlpi_phnum && h->segment_count < segment_limit; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        if (p->p_type != PT_LOAD || !(p->p_flags & PF_R)) continue;
        uintptr_t low = info->dlpi_addr + p->p_vaddr;
        h->segments[h->segment_count++] = (segment){low, low + p->p_memsz, (p->p_flags & PF_X) != 0};
    }
    return 1;    // the executable comes first
}

static const segment *find(const harvest *h, uintptr_t at, size_t length) {
    for (int i = 0; i < h->segment_count; i++) {
        const segment *s = &h->segments[i];
        if (at >= s->low && at < s->high && s->high - at >= length) return s;
    }
    return NULL;
}

static uint64_t load(uintptr_t at, int length) {
    uint64_t value = 0;
    for (int i = 0; i < length; i++) value |= (uint64_t)((const uint8_t *)at)[i] << (8 * i);
    return value;
}

// MARK: Entries

static void add(harvest *h, uint8_t kind, const uint8_t *bytes, uint32_t length) {
    if (length == 0 || length > 64 || h->count == h->capacity) return;
    uint64_t hash = 14695981039346656037ull ^ kind;
    for (uint32_t i = 0; i < length; i++) hash = (hash ^ bytes[i]) * 1099511628211ull;
    for (uint32_t slot = (uint32_t)(hash >> 32) % slot_count;; slot = (slot + 1) % slot_count) {
        if (slots[slot] == 0) {
            pulsegate_fuzz_constant *c = &h->out[h->count++];
            c->kind = kind;
            c->length = (uint8_t)length;
            for (uint32_t i = 0; i < 64; i++) c->bytes[i] = i < length ? bytes[i] : 0;
            slots[slot] = (uint16_t)h->count;
            return;
        }
        const pulsegate_fuzz_constant *c = &h->out[slots[slot] - 1];
        if (c->kind != kind || c->length != length) continue;
        uint32_t i = 0;
        while (i < length && c->bytes[i] == bytes[i]) i++;
        if (i == length) return;
    }
}

static void add_scalar(harvest *h, uint8_t kind, uint64_t value, uint32_t length) {
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++) bytes[i] = (uint8_t)(value >> (8 * i));
    add(h, kind, bytes, length);
}

// `width` is the operand's; a value that fits fewer bytes is listed in fewer, and -1, 0 and 1 are what any fuzzer tries.
static void add_integer(harvest *h, uint64_t value, uint32_t width) {
    uint64_t mask = width == 8 ? UINT64_MAX : (1ull << (8 * width)) - 1;
    value &= mask;
    if (value <= 1 || value == mask) return;
    while (width > 1 && value >> (4 * width) == 0) width /= 2;
    add_scalar(h, pulsegate_fuzz_constant_integer, value, width);
}

static void add_double(harvest *h, uint64_t bits) {
    if (bits != 0) add_scalar(h, pulsegate_fuzz_constant_double, bits, 8);
}

// Bytes of the well-formed character at `at` with `left` bytes to go that belongs in a text, or 0.
static uint32_t character(const uint8_t *at, size_t left) {
    uint8_t c = at[0];
    if (c < 0x80) return (c >= 0x20 && c != 0x7F) || c == '\t' || c == '\n' || c == '\r' ? 1 : 0;
    uint32_t length = c >= 0xC2 && c < 0xE0 ? 2 : c >= 0xE0 && c < 0xF0 ? 3 : c >= 0xF0 && c < 0xF5 ? 4 : 0;
    if (length == 0 || left < length) return 0;
    for (uint32_t i = 1; i < length; i++) {
        if ((at[i] & 0xC0) != 0x80) return 0;
    }
    return length;
}

// Length of the text at `at`, which must end with a zero within the segment and `text_limit`; 0 if it is none.
static uint32_t text_length(const harvest *h, uintptr_t at) {
    const segment *s = find(h, at, 1);
    if (s == NULL) return 0;
    size_t left = s->high - at, length = 0;
    const uint8_t *bytes = (const uint8_t *)at;
    while (length < left && length <= text_limit) {
        if (bytes[length] == 0) return (uint32_t)length;
        uint32_t step = character(bytes + length, left - length);
        if (step == 0) return 0;
        length += step;
    }
    return 0;
}

static bool ends(const uint8_t *bytes, uint32_t length, const char *suffix, uint32_t count) {
    if (length < count) return false;
    for (uint32_t i = 0; i < count; i++) {
        if (bytes[length - count + i] != (uint8_t)suffix[i]) return false;
    }
    return true;
}

static void add_text(harvest *h, const uint8_t *bytes, uint32_t length) {
    // What every trap in Swift carries: its file and the beginning of its message.
    if (ends(bytes, length, ".swift", 6) || (length == 11 && ends(bytes, length, "Fatal error", 11))) return;
    uint32_t kept = 0;
    while (kept < length) {
        uint32_t step = character(bytes + kept, length - kept);
        if (step == 0 || kept + step > 64) break;
        kept += step;
    }
    add(h, pulsegate_fuzz_constant_text, bytes, kept);
}

// MARK: Swift's literals

static bool add_small(harvest *h, uint64_t raw0, uint64_t raw1) {
    uint8_t bytes[16], length = 0;
    if (!pulsegate_fuzz_decode_small(raw0, raw1, bytes, &length) || length == 0) return false;
    for (uint32_t i = 0; i < length;) {
        uint32_t step = character(bytes + i, length - i);
        if (step == 0) return false;
        i += step;
    }
    add_text(h, bytes, length);
    return true;
}

// A large literal's first word holds its count, under flags 0xC or 0xD.
static uint64_t literal_count(uint64_t word) {
    return (word >> 60 == 0xD || word >> 60 == 0xC) && (word & 0x0FFFFFFFFFFFFFFFull) <= text_limit ? word & 0xFFFF : 0;
}

static bool add_large(harvest *h, uint64_t word, uintptr_t object) {
    uint64_t count = literal_count(word);
    if (count < 16 || text_length(h, object + 32) != count) return false;
    add_text(h, (const uint8_t *)(object + 32), (uint32_t)count);
    return true;
}

static void remember(harvest *h, uint64_t value) {
    bool listed = false;
    for (uint32_t i = 0; i < h->window_count; i++) {
        uint64_t other = h->window[i];
        listed = add_small(h, other, value) || listed;
        listed = add_small(h, value, other) || listed;
    }
    for (uint32_t i = 0; i < h->target_count; i++) listed = add_large(h, value, h->targets[i]) || listed;
    if (h->window_count == window_limit) {
        for (uint32_t i = 1; i < window_limit; i++) h->window[i - 1] = h->window[i];
        h->window_count--;
    }
    h->window[h->window_count++] = value;
}

// The second word of a small text: count in the top byte, at most seven characters below it.
static bool second_word(uint64_t value) {
    uint8_t text[16], count = (uint8_t)(value >> 56) & 0x0F;
    uint64_t first = 0;
    for (int i = 0; i < 8 && i < count; i++) first |= 0x41ull << (8 * i);
    uint64_t ascii = value | 1ull << 62, other = value & ~(1ull << 62);
    if (pulsegate_fuzz_decode_small(first, ascii, text, &count)) return true;
    return pulsegate_fuzz_decode_small(first | 0x80ull, other, text, &count);
}

static void wide_immediate(harvest *h, uint64_t value) {
    remember(h, value);
    uint8_t bytes[8], length = 0;
    // Words of strings that are no value of their own: a lone second word, counts, the tag of a literal's address.
    if (literal_count(value) != 0 || value == 1ull << 63 || second_word(value)) return;
    for (int i = 0; i < 8; i++) bytes[i] = (uint8_t)(value >> (8 * i));
    while (length < 8 && bytes[length] >= 0x20 && bytes[length] < 0x7F) length++;
    if (length >= 4 && (length == 8 || value >> (8 * length) == 0)) add_text(h, bytes, length);
    else add_integer(h, value, 8);
}

static bool word_character(uint8_t c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-';
}

// Up to four characters whose second word may be far away, in a register.
static void narrow_immediate(harvest *h, uint64_t value, uint32_t width) {
    uint8_t bytes[8], length = 0;
    for (int i = 0; i < 8; i++) bytes[i] = (uint8_t)(value >> (8 * i));
    while (length < 8 && word_character(bytes[length])) length++;
    remember(h, value);
    if (length >= 2 && length <= 4 && value >> (8 * length) == 0) add_text(h, bytes, length);
    add_integer(h, value, width);
}

// A static array: texts and StaticStrings anywhere inside its elements, else numbers, else bytes.
static bool add_array(harvest *h, uintptr_t object) {
    const segment *s = find(h, object, 40);
    if (s == NULL || object % 8 != 0) return false;
    uint64_t count = load(object + 16, 8), capacity = load(object + 24, 8);
    if (count == 0 || count > 1 << 20 || capacity >> 1 != count) return false;
    uintptr_t first = object + 32, end = first + (count * 64 < scan_limit ? count * 64 : scan_limit);
    if (end > s->high) end = s->high;
    bool texts = false;
    for (uintptr_t at = first; at + 16 <= end; at += 8) {
        uint64_t a = load(at, 8), b = load(at + 8, 8);
        if (add_small(h, a, b)) texts = true;
        else if (b >> 60 == 8 && add_large(h, a, (uintptr_t)(b & 0x0FFFFFFFFFFFFFFFull))) texts = true;
        else if (b >= 1 && b <= text_limit && text_length(h, (uintptr_t)a) == b) {
            add_text(h, (const uint8_t *)a, (uint32_t)b);
            texts = true;
        }
    }
    if (texts) return true;
    uint64_t shown = count < element_limit ? count : element_limit, numbers = 0, doubles = 0;
    bool words = find(h, first, shown * 8) != NULL;
    for (uint64_t i = 0; words && i < shown; i++) {
        uint64_t value = load(first + 8 * i, 8);
        if (value + (1ull << 31) < 1ull << 32) numbers++;
        if (i <= count / 8 && find(h, (uintptr_t)value, 1) != NULL) return true;    // elements with pointers
        if (value == 0 || (value >> 52 & 0x7FF) - 0x3C0 < 0x80) doubles++;
    }
    if (words && shown >= 2 && doubles == shown && numbers < shown) {
        for (uint64_t i = 0; i < shown; i++) add_double(h, load(first + 8 * i, 8));
    } else if (words && shown >= 2 && numbers == shown) {
        for (uint64_t i = 0; i < shown; i++) add_integer(h, load(first + 8 * i, 8), 8);
    } else if (count >= 2 && find(h, first, count) != NULL) {
        add(h, pulsegate_fuzz_constant_bytes, (const uint8_t *)first, count < 64 ? (uint32_t)count : 64);
    }
    return true;
}

// The table of a traced switch: count, bits, cases.
static bool add_switch(harvest *h, uintptr_t at) {
    if (at % 8 != 0 || find(h, at, 24) == NULL) return false;
    uint64_t count = load(at, 8), bits = load(at + 8, 8);
    if (count == 0 || count > element_limit || (bits != 8 && bits != 16 && bits != 32 && bits != 64)) return false;
    if (find(h, at, 16 + 8 * count) == NULL) return false;
    for (uint64_t i = 0; i < count; i++) add_integer(h, load(at + 16 + 8 * i, 8), (uint32_t)bits / 8);
    return true;
}

static void address(harvest *h, uintptr_t at) {
    const segment *s = find(h, at, 1);
    if (s == NULL || add_switch(h, at) || add_array(h, at)) return;
    bool large = false;
    for (uint32_t i = 0; i < h->window_count; i++) large = add_large(h, h->window[i], at) || large;
    if (h->target_count == window_limit) {
        for (uint32_t i = 1; i < window_limit; i++) h->targets[i - 1] = h->targets[i];
        h->target_count--;
    }
    h->targets[h->target_count++] = at;
    // A text's beginning follows a zero; the middle of one is an address 32 below another.
    if (large || at == s->low || load(at - 1, 1) != 0) return;
    uint32_t length = text_length(h, at);
    if (length >= 2) add_text(h, (const uint8_t *)at, length);
}

// MARK: Instructions

// Notes what the instruction at `at` holds; its length, or 0 if it is unknown or would pass `end`.
static uint32_t instruction(harvest *h, uintptr_t at, uintptr_t end) {
    uintptr_t p = at;
    uint8_t rex = 0, group = 0, op;    // group: the last of 66, F2, F3
    bool word = false;
    for (;; p++) {
        if (p >= end || p - at > 14) return 0;
        op = *(const uint8_t *)p;
        if (op == 0x66) word = true;
        if (op == 0x66 || op == 0xF2 || op == 0xF3) {
            if (op != 0x66 || group == 0) group = op;
        } else if (op != 0x2E && op != 0x36 && op != 0x3E && op != 0x26 && op != 0x64 && op != 0x65 && op != 0xF0) {
            break;
        }
    }
    if (op >= 0x40 && op < 0x50) {
        rex = op;
        if (++p >= end) return 0;
        op = *(const uint8_t *)p;
    }
    p++;
    int map = 0;
    bool modrm = true;
    uint32_t immediate = 0, z = word ? 2 : 4;
    if (op == 0xC5 || op == 0xC4) {
        uint32_t more = op == 0xC5 ? 1 : 2;
        if (p + more >= end) return 0;
        map = op == 0xC5 ? 1 : *(const uint8_t *)p & 0x1F;
        p += more;
        op = *(const uint8_t *)p++;
        if (map < 1 || map > 3) return 0;
        group = 0xC5;
    } else if (op == 0x0F) {
        if (p >= end) return 0;
        map = 1;
        op = *(const uint8_t *)p++;
        if (op == 0x38 || op == 0x3A) {
            map = op == 0x38 ? 2 : 3;
            if (p >= end) return 0;
            op = *(const uint8_t *)p++;
        }
    }
    if (map == 3) {
        immediate = 1;
    } else if (map == 1) {
        if (op >= 0x80 && op < 0x90) modrm = false, immediate = 4;
        else if ((op >= 5 && op <= 9) || op == 0x0B || (op >= 0x30 && op <= 0x37) || op == 0x77 || (op >= 0xA0 && op <= 0xA2)
            || (op >= 0xA8 && op <= 0xAA) || op >> 3 == 0xC8 >> 3) modrm = false;
        else if ((op >= 0x70 && op <= 0x73) || op == 0xA4 || op == 0xAC || op == 0xBA || op == 0xC2 || (op >= 0xC4 && op <= 0xC6))
            immediate = 1;
    } else if (map == 0) {
        uint8_t low = op & 7;
        if (op < 0x40) {
            modrm = low < 4;
            if (low == 4) immediate = 1;
            if (low == 5) immediate = z;
            if (low > 5) return 0;
        } else if (op >= 0x50 && op < 0x60) modrm = false;
        else if (op == 0x63) modrm = true;
        else if (op == 0x69 || op == 0x81 || op == 0xC7) immediate = z;
        else if (op == 0x6B || op == 0x80 || op == 0x83 || op == 0xC0 || op == 0xC1 || op == 0xC6) immediate = 1;
        else if (op == 0x68) modrm = false, immediate = 4;
        else if (op == 0x6A || (op >= 0x70 && op < 0x80) || op == 0xA8 || (op >= 0xB0 && op < 0xB8) || (op >= 0xE0 && op < 0xE8)
            || op == 0xEB || op == 0xCD) modrm = false, immediate = 1;
        else if (op >= 0x84 && op < 0x90) modrm = true;
        else if ((op >= 0x90 && op < 0xA0) || (op >= 0xA4 && op < 0xA8) || (op >= 0xAA && op < 0xB0) || op == 0xC3 || op == 0xC9
            || op == 0xCC || op == 0xF4 || op == 0xF5 || (op >= 0xF8 && op < 0xFE)) modrm = false;
        else if (op == 0xA9) modrm = false, immediate = z;
        else if (op >= 0xB8 && op < 0xC0) modrm = false, immediate = rex & 8 ? 8 : z;
        else if (op == 0xE8 || op == 0xE9) modrm = false, immediate = 4;
        else if (op == 0xC2) modrm = false, immediate = 2;
        else if ((op >= 0xD0 && op < 0xD4) || op >= 0xD8) modrm = true;
        else return 0;
        if (op >= 0xE0 && op < 0xEC && op != 0xE8 && op != 0xE9 && op != 0xEB && op >= 0xE8) return 0;
    }

    uint8_t mode = 3, reg = 0, rm = 0;
    int64_t displacement = 0;
    bool relative = false, indexed = false;
    if (modrm) {
        if (p >= end) return 0;
        uint8_t m = *(const uint8_t *)p++;
        mode = m >> 6, reg = m >> 3 & 7, rm = m & 7;
        if (map == 0 && (op == 0xF6 || op == 0xF7) && reg < 2) immediate = op == 0xF6 ? 1 : z;
        uint32_t bytes = mode == 1 ? 1 : mode == 2 ? 4 : 0;
        if (mode != 3 && rm == 4) {
            if (p >= end) return 0;
            indexed = true;
            if (mode == 0 && (*(const uint8_t *)p & 7) == 5) bytes = 4;
            p++;
        } else if (mode == 0 && rm == 5) {
            relative = true;
            bytes = 4;
        }
        if (end - p < bytes) return 0;
        if (bytes == 1) displacement = (int8_t)load(p, 1);
        if (bytes == 4) displacement = (int32_t)load(p, 4);
        p += bytes;
    }
    if (end - p < immediate) return 0;
    uint64_t value = load(p, (int)immediate);
    int64_t extended = immediate == 1 ? (int8_t)value : immediate == 2 ? (int16_t)value : immediate == 4 ? (int32_t)value : (int64_t)value;
    p += immediate;
    uint32_t width = rex & 8 ? 8 : z;
    bool stack = mode == 3 && rm == 4 && !(rex & 1);

    if (map == 0) {
        // add, or, adc, sbb, and, sub, xor, cmp: those that compare or shift a range
        if (op < 0x40 && (op & 7) == 4 && (op >> 3 == 5 || op >> 3 == 6 || op >> 3 == 7)) add_integer(h, value, 1);
        if (op < 0x40 && (op & 7) == 5 && (op >> 3 == 5 || op >> 3 == 6 || op >> 3 == 7)) add_integer(h, (uint64_t)extended, width);
        // An addition of less than nothing is a compiler's subtraction.
        bool subtraction = reg >= 5 || (reg == 0 && extended < 0);
        if ((op == 0x81 || op == 0x83) && !stack && subtraction) add_integer(h, (uint64_t)(reg == 0 ? -extended : extended), width);
        if (op == 0x80 && subtraction) add_integer(h, (uint64_t)(reg == 0 ? -extended : extended), 1);
        if (op == 0xC6) add_integer(h, value, 1);
        // A small negative number into a register is the offset of a thread-local variable.
        if (op == 0xC7 && !(mode == 3 && extended < 0 && extended > -4096)) {
            narrow_immediate(h, (uint64_t)extended, width);
        }
        if (op >= 0xB8 && op < 0xC0) {
            if (immediate == 8) wide_immediate(h, value);
            else narrow_immediate(h, value, width);
        }
        if (op >= 0xB0 && op < 0xB8) add_integer(h, value, 1);
        if (op == 0x8D && relative) address(h, p + (uintptr_t)displacement);
        // lea as subtraction from a register that is neither frame nor stack
        if (op == 0x8D && !relative && !indexed && mode != 3 && displacement < 0 && !(rm == 5 && !(rex & 1)))
            add_integer(h, (uint64_t)-displacement, width);
    }
    if (map == 1 && relative && group != 0xC5) {
        uintptr_t target = p + (uintptr_t)displacement;
        bool arithmetic = op == 0x10 || op == 0x51 || (op >= 0x58 && op <= 0x5F && op != 0x5A && op != 0x5B) || op == 0xC2;
        if (group == 0xF2 && arithmetic && find(h, target, 8) != NULL) add_double(h, load(target, 8));
        if (group == 0xF3 && arithmetic && find(h, target, 4) != NULL && load(target, 4) != 0)
            add_scalar(h, pulsegate_fuzz_constant_float, load(target, 4), 4);
        if ((op == 0x2E || op == 0x2F) && find(h, target, 8) != NULL) {
            if (group == 0x66) add_double(h, load(target, 8));
            else if (load(target, 4) != 0) add_scalar(h, pulsegate_fuzz_constant_float, load(target, 4), 4);
        }
        // two words at once
        if ((op == 0x28 || op == 0x10 || op == 0x6F) && group != 0xF2 && find(h, target, 16) != NULL)
            add_small(h, load(target, 8), load(target + 8, 8));
    }
    return (uint32_t)(p - at);
}

uint32_t pulsegate_fuzz_harvest(
    const uintptr_t (*ranges)[2], uint32_t count, pulsegate_fuzz_constant *out, uint32_t capacity) {
    harvest h = {.out = out, .capacity = capacity < pulsegate_fuzz_constant_limit ? capacity : pulsegate_fuzz_constant_limit};
    dl_iterate_phdr(note_segments, &h);
    for (uint32_t i = 0; i < slot_count; i++) slots[i] = 0;
    for (uint32_t i = 0; i < count; i++) {
        uintptr_t at = ranges[i][0], end = ranges[i][1];
        const segment *s = at < end ? find(&h, at, 1) : NULL;
        if (s == NULL || !s->code) continue;
        if (end > s->high) end = s->high;
        h.window_count = h.target_count = 0;
        while (at < end) {
            uint32_t length = instruction(&h, at, end);
            at += length == 0 ? 1 : length;
        }
    }
    return h.count;
}

#pragma clang attribute pop

#else

uint32_t pulsegate_fuzz_harvest(
    const uintptr_t (*ranges)[2], uint32_t count, pulsegate_fuzz_constant *out, uint32_t capacity) {
    return (void)ranges, (void)count, (void)out, (void)capacity, 0;
}

#endif
