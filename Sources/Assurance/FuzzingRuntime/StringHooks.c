// See FuzzingStringHooks.h. How an operand is read, and how calls get here.
//
// Layouts (64-bit, stable ABI parts of the standard library; nothing is read that its own inlined code in user modules does not read too):
//   String            two words. Second word's top byte: 1?1????? never; bit 61 set = small (count in bits 56-59, text in the words
//                     themselves); bit 60 set = foreign (skipped); else the object's address in the low 60 bits, UTF-8 at address + 32
//                     if bit 60 of the first word (tail allocated) is set, count in its low 48 bits. Others are skipped.
//   Substring         start index, end index (UTF-8 offset in bits 16-63), then the base String.
//   Array             object: count at 16, elements at 32.
//   ArraySlice        owner, base address, start index, end index and a flag in bit 0.
//   native Set, Dictionary storage: scale at 32, keys' address at 48, occupancy bits after the fields.
// Names and conventions are those of Swift's mangling (docs/ABI of the Swift project): `self` of a struct of two words comes last in
// ordinary registers, an indirect `self` and a metatype in the context register.
//
// A hook is a weak alias of a hidden function under the library's symbol. The executable's definition comes first in symbol look-up, and
// dlsym(RTLD_NEXT) finds the one it hides. Only libswiftCore's and libc's symbols may be hooked so: the static libswiftCore is one object
// that every program pulls in, and its strong definitions then win; of other archives a weak definition keeps the member out of the link.
// `__wrap_` and `__real_` are the names that the linker's --wrap gives the same two. What other libraries define is hooked by writing the
// hook's address into the executable's own relocations, before main.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "include/FuzzingStringHooks.h"

#include <stddef.h>

bool pulsegate_fuzz_decode_small(uint64_t raw0, uint64_t raw1, uint8_t out[16], uint8_t *count) {
    uint8_t discriminator = (uint8_t)(raw1 >> 56), length = discriminator & 0x0F;
    if ((discriminator & 0xB0) != 0xA0) return false;    // immortal, small, not foreign
    for (int i = 0; i < 8; i++) out[i] = (uint8_t)(raw0 >> (8 * i));
    for (int i = 0; i < 7; i++) out[8 + i] = (uint8_t)(raw1 >> (8 * i));
    out[15] = 0;
    bool ascii = true;
    for (int i = 0; i < 15; i++) {
        if (i >= length && out[i] != 0) return false;
        if (out[i] >= 0x80) ascii = false;
    }
    if (ascii != ((discriminator & 0x40) != 0)) return false;
    *count = length;
    return true;
}

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__)) && defined(__clang__)

#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__x86_64__)
enum { JUMP_SLOT = R_X86_64_JUMP_SLOT, GLOB_DAT = R_X86_64_GLOB_DAT };
#else
enum { JUMP_SLOT = R_AARCH64_JUMP_SLOT, GLOB_DAT = R_AARCH64_GLOB_DAT };
#endif

// Neither the hooks nor what they call may be turned into calls of memcmp, which is a hook.
// One section for them all tells a stack walk which frames are theirs.
#define PLAIN __attribute__((no_builtin, section("pulsegate_fuzz_hooks")))
#define COLD __attribute__((noinline, cold, no_builtin, section("pulsegate_fuzz_hooks")))
#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))
#define RESULT __attribute__((swift_indirect_result))
#define WEAK __attribute__((weak))

extern uint64_t __sancov_should_track;
#define CLOSED __builtin_expect(__sancov_should_track == 0, 1)

typedef uint64_t word;
typedef const void *any;

enum {
    candidate_limit = 256,    // cases of a switch, elements of an array, keys of a set that one look-up reports
    element_limit = 64,       // pairs that a comparison of two arrays of texts reports
    frame_limit = 32,
};

// Set while a hook does its work or the library's function below it does: what that calls is no finding of its own.
#define THREAD __attribute__((tls_model("initial-exec"))) _Thread_local
static THREAD bool inside;
static THREAD uintptr_t stack_high;
static uintptr_t text_low, text_high;    // the executable's code
static uintptr_t core_low, core_high;    // the standard library's code

extern const char string_metadata[] __asm__("$sSSN") WEAK;
extern const char substring_metadata[] __asm__("$sSsN") WEAK;
extern const char character_metadata[] __asm__("$sSJN") WEAK;
extern const char utf8_view_metadata[] __asm__("$sSS8UTF8ViewVN") WEAK;
extern const char substring_utf8_metadata[] __asm__("$sSs8UTF8ViewVN") WEAK;
extern const char raw_buffer_metadata[] __asm__("$sSWN") WEAK;
extern const char uint8_metadata[] __asm__("$ss5UInt8VN") WEAK;
extern const char int8_metadata[] __asm__("$ss4Int8VN") WEAK;
extern const char uint16_metadata[] __asm__("$ss6UInt16VN") WEAK;
extern const char int16_metadata[] __asm__("$ss5Int16VN") WEAK;
extern const char uint32_metadata[] __asm__("$ss6UInt32VN") WEAK;
extern const char int32_metadata[] __asm__("$ss5Int32VN") WEAK;
extern const char uint64_metadata[] __asm__("$ss6UInt64VN") WEAK;
extern const char int64_metadata[] __asm__("$ss5Int64VN") WEAK;
extern const char uint_metadata[] __asm__("$sSuN") WEAK;
extern const char int_metadata[] __asm__("$sSiN") WEAK;
extern const char array_descriptor[] __asm__("$sSaMn") WEAK;
extern const char slice_descriptor[] __asm__("$ss10ArraySliceVMn") WEAK;
extern const char contiguous_descriptor[] __asm__("$ss15ContiguousArrayVMn") WEAK;
extern const char buffer_descriptor[] __asm__("$sSRMn") WEAK;
extern const char mutable_buffer_descriptor[] __asm__("$sSrMn") WEAK;

typedef struct {
    const uint8_t *bytes;
    word count;
    bool text;           // characters, not bytes
    uint8_t small[16];
} operand;

// MARK: Reading operands

PLAIN static bool read_string(word low, word high, operand *out) {
    uint8_t count;
    out->text = true;
    if (high & (1ull << 61)) {
        // The words are a String by type: no need to doubt their padding.
        for (int i = 0; i < 8; i++) out->small[i] = (uint8_t)(low >> (8 * i));
        for (int i = 0; i < 8; i++) out->small[8 + i] = (uint8_t)(high >> (8 * i));
        count = (uint8_t)(high >> 56) & 0x0F;
        out->bytes = out->small;
        out->count = count;
        return true;
    }
    if ((high & (1ull << 60)) || !(low & (1ull << 60))) return false;
    uintptr_t object = (uintptr_t)(high & 0x0FFFFFFFFFFFFFFFull);
    if (object < 4096) return false;
    out->bytes = (const uint8_t *)(object + 32);
    out->count = low & 0xFFFFFFFFFFFFull;
    return true;
}

PLAIN static bool narrow(operand *out, word from, word to) {
    if (from > to || to > out->count) return false;
    out->bytes += from;
    out->count = to - from;
    return true;
}

// `at` holds the four words of a Substring.
PLAIN static bool read_substring(const word *at, operand *out) {
    return read_string(at[2], at[3], out) && narrow(out, at[0] >> 16, at[1] >> 16);
}

PLAIN static uint8_t integer_size(any type) {
    if (type == NULL) return 0;
    if (type == uint8_metadata || type == int8_metadata) return 1;
    if (type == uint16_metadata || type == int16_metadata) return 2;
    if (type == uint32_metadata || type == int32_metadata) return 4;
    if (type == uint64_metadata || type == int64_metadata || type == uint_metadata || type == int_metadata) return 8;
    return 0;
}

PLAIN static bool read_bytes(const uint8_t *bytes, word count, operand *out) {
    out->text = false;
    out->bytes = bytes;
    out->count = count;
    return true;
}

PLAIN static bool read_array(const uint8_t *object, any element, operand *out) {
    uint8_t size = integer_size(element);
    return size != 0 && object != NULL && read_bytes(object + 32, *(const word *)(object + 16) * size, out);
}

PLAIN static bool read_slice(const word *slice, any element, operand *out) {
    uint8_t size = integer_size(element);
    word from = slice[2], to = slice[3] >> 1;
    return size != 0 && from <= to && read_bytes((const uint8_t *)(slice[1] + from * size), (to - from) * size, out);
}

// The generic struct `type` is an instance of, and its first argument.
PLAIN static any descriptor(any type, any *argument) {
    const word *words = type;
    if (words == NULL || words[0] != 0x200) return NULL;
    *argument = (any)words[2];
    return (any)words[1];
}

PLAIN static bool read_value(const void *value, any type, operand *out) {
    const word *words = value;
    if (value == NULL || type == NULL) return false;
    if (type == string_metadata || type == character_metadata || type == utf8_view_metadata)
        return read_string(words[0], words[1], out);
    if (type == substring_metadata || type == substring_utf8_metadata) return read_substring(words, out);
    if (type == raw_buffer_metadata) return words[0] != 0 && read_bytes((any)words[0], words[1] - words[0], out);
    uint8_t size = integer_size(type);
    if (size != 0) return read_bytes(value, size, out);
    any argument = NULL, kind = descriptor(type, &argument);
    if (kind == NULL) return false;
    if (kind == array_descriptor || kind == contiguous_descriptor) return read_array((any)words[0], argument, out);
    if (kind == slice_descriptor) return read_slice(words, argument, out);
    if (kind == buffer_descriptor || kind == mutable_buffer_descriptor) {
        size = integer_size(argument);
        return size != 0 && words[0] != 0 && read_bytes((any)words[0], words[1] * size, out);
    }
    return false;
}

// MARK: Reporting

PLAIN static bool own_code(uintptr_t address) { return address >= text_low && address < text_high; }

extern const char hooks_start[] __asm__("__start_pulsegate_fuzz_hooks") __attribute__((visibility("hidden")));
extern const char hooks_stop[] __asm__("__stop_pulsegate_fuzz_hooks") __attribute__((visibility("hidden")));
PLAIN static bool hook_code(uintptr_t address) { return address >= (uintptr_t)hooks_start && address <= (uintptr_t)hooks_stop; }

// The place in the executable that the comparison was made for. A library's frames are walked, never out of this thread's stack (a frame
// pointer may have been used for something else); if none leads back, the library's own place stands.
COLD static const void *site_of(const void *returns) {
    if ((own_code((uintptr_t)returns) && !hook_code((uintptr_t)returns)) || text_high == 0) return returns;
    if (stack_high == 0) {
        pthread_attr_t attributes;
        void *low = NULL;
        size_t size = 0;
        if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
            pthread_attr_getstack(&attributes, &low, &size);
            pthread_attr_destroy(&attributes);
        }
        stack_high = low == NULL ? 1 : (uintptr_t)low + size;
    }
    const uintptr_t *frame = __builtin_frame_address(0);
    uintptr_t least = (uintptr_t)frame;
    for (int depth = 0; depth < frame_limit; depth++) {
        uintptr_t at = (uintptr_t)frame;
        if (at % sizeof(word) != 0 || at < least || at + 2 * sizeof(word) > stack_high) break;
        // The hooks' own frames are the executable's too: the caller is the first one above `returns`.
        if (own_code(frame[1]) && !hook_code(frame[1])) return (const void *)frame[1];
        if (frame[0] <= at) break;
        frame = (const uintptr_t *)frame[0];
    }
    return returns;
}

PLAIN static uint32_t clamped(word count) { return count > UINT32_MAX ? UINT32_MAX : (uint32_t)count; }

PLAIN static bool report(const void *returns, const operand *a, const operand *b, uint8_t kind) {
    if (kind == pulsegate_fuzz_text_equality && !a->text && !b->text) kind = pulsegate_fuzz_text_bytes;
    pulsegate_fuzz_log_text(site_of(returns), a->bytes, clamped(a->count), b->bytes, clamped(b->count), kind);
    return true;
}

COLD static bool report_strings(const void *returns, word a0, word a1, word b0, word b1, uint8_t kind) {
    operand a, b;
    return read_string(a0, a1, &a) && read_string(b0, b1, &b) && report(returns, &a, &b, kind);
}

COLD static bool report_ranges(
    const void *returns, word a0, word a1, word a_from, word a_to, word b0, word b1, word b_from, word b_to, uint8_t kind) {
    operand a, b;
    return read_string(a0, a1, &a) && narrow(&a, a_from, a_to) && read_string(b0, b1, &b) && narrow(&b, b_from, b_to)
        && report(returns, &a, &b, kind);
}

COLD static bool report_values(const void *returns, const void *at_a, any a_type, const void *at_b, any b_type, uint8_t kind) {
    operand a, b;
    return read_value(at_a, a_type, &a) && read_value(at_b, b_type, &b) && report(returns, &a, &b, kind);
}

COLD static bool report_prefix_value(const void *returns, const void *at_a, any a_type, word b0, word b1, uint8_t kind) {
    operand a, b;
    return read_value(at_a, a_type, &a) && read_string(b0, b1, &b) && report(returns, &a, &b, kind);
}

COLD static bool report_hash(const void *returns, const void *at, any type) {
    static const uint8_t none = 0;
    operand a, b = {.bytes = &none};
    // Numbers are hashed everywhere and tell little; the texts are what no comparison shows.
    if (integer_size(type) != 0 || !read_value(at, type, &a)) return false;
    return report(returns, &a, &b, pulsegate_fuzz_text_hash);
}

COLD static bool report_string_hash(const void *returns, word a0, word a1) {
    word words[2] = {a0, a1};
    return string_metadata != NULL && report_hash(returns, words, string_metadata);
}

// `cases` is an array of StaticString: pointer, count, flags (bit 0: a scalar in place of a pointer).
COLD static bool report_cases(const void *returns, const uint8_t *cases, word a0, word a1) {
    operand a;
    if (cases == NULL || !read_string(a0, a1, &a)) return false;
    word count = *(const word *)(cases + 16);
    for (word i = 0; i < count && i < candidate_limit; i++) {
        const word *element = (const word *)(cases + 32 + 24 * i);
        if (element[2] & 1) continue;
        operand b = {.bytes = (const uint8_t *)element[0], .count = element[1], .text = true};
        report(returns, &a, &b, pulsegate_fuzz_text_candidate);
    }
    return true;
}

COLD static bool report_arrays(const void *returns, const uint8_t *a, const uint8_t *b, any element) {
    operand first, second;
    if (element != NULL && element == string_metadata) {
        word count = *(const word *)(a + 16);
        if (count != *(const word *)(b + 16)) return false;
        for (word i = 0; i < count && i < element_limit; i++) {
            const word *x = (const word *)(a + 32 + 16 * i), *y = (const word *)(b + 32 + 16 * i);
            report_strings(returns, x[0], x[1], y[0], y[1], pulsegate_fuzz_text_equality);
        }
        return true;
    }
    return read_array(a, element, &first) && read_array(b, element, &second)
        && report(returns, &first, &second, pulsegate_fuzz_text_bytes);
}

COLD static bool report_slices(const void *returns, const word *a, const word *b, any element) {
    operand first, second;
    return read_slice(a, element, &first) && read_slice(b, element, &second) && report(returns, &first, &second, pulsegate_fuzz_text_bytes);
}

// An array of texts, searched for one.
COLD static bool report_membership(const void *returns, const word *text, const void *self, any type) {
    any element = NULL, kind = descriptor(type, &element);
    if (kind == NULL || (kind != array_descriptor && kind != contiguous_descriptor) || element == NULL || element != string_metadata)
        return false;
    const uint8_t *array = *(const uint8_t *const *)self;
    word count = *(const word *)(array + 16);
    for (word i = 0; i < count && i < candidate_limit; i++) {
        const word *x = (const word *)(array + 32 + 16 * i);
        report_strings(returns, text[0], text[1], x[0], x[1], pulsegate_fuzz_text_candidate);
    }
    return true;
}

// A native hash table with texts as keys; the occupancy bits start at `bits`.
COLD static bool report_keys(const void *returns, const word *text, const uint8_t *storage, any key, word bits) {
    if (!report_hash(returns, text, key)) return false;
    if (key != string_metadata || *(const word *)(storage + 16) == 0) return true;
    uint8_t scale = storage[32];
    if (scale > 40) return true;
    const uint8_t *keys = *(const uint8_t *const *)(storage + 48);
    const word *occupied = (const word *)(storage + bits);
    word reported = 0;
    for (word bucket = 0; bucket < (1ull << scale) && reported < candidate_limit; bucket++) {
        if (!(occupied[bucket / 64] >> (bucket % 64) & 1)) continue;
        const word *x = (const word *)(keys + 16 * bucket);
        report_strings(returns, text[0], text[1], x[0], x[1], pulsegate_fuzz_text_candidate);
        reported++;
    }
    return true;
}

// The C functions are called from everywhere. Swift code, the standard library's own string comparison included, calls memcmp; the
// language runtime, which looks up types and conformances by name while the target runs, calls the other three.
COLD static bool report_memory(const void *returns, const void *a, const void *b, size_t count) {
    uintptr_t from = (uintptr_t)returns;
    bool text = from >= core_low && from < core_high;
    operand first = {.bytes = a, .count = count, .text = text}, second = {.bytes = b, .count = count, .text = text};
    return count != 0 && report(returns, &first, &second, pulsegate_fuzz_text_equality);
}

#define FROM_TARGET (own_code((uintptr_t)site) && core_low != text_low)

COLD static bool report_c_strings(const void *returns, const uint8_t *a, const uint8_t *b, size_t limit) {
    operand first = {.bytes = a, .text = true}, second = {.bytes = b, .text = true};
    while (first.count < limit && a[first.count] != 0) first.count++;
    while (second.count < limit && b[second.count] != 0) second.count++;
    return report(returns, &first, &second, pulsegate_fuzz_text_equality);
}

// MARK: The hooks

#define ORDERED(expecting) ((expecting) & 1 ? pulsegate_fuzz_text_order : pulsegate_fuzz_text_equality)

// The sanitizers have their own memcmp, which finds bugs: theirs stays.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifdef SANITIZED
#define MEMORY_HOOKS(X)
#else
#define MEMORY_HOOKS(X) X(c_memcmp, "memcmp") X(c_bcmp, "bcmp") X(c_strcmp, "strcmp") X(c_strncmp, "strncmp")
#endif

#define HOOKS(X) \
    X(string_equal, "String.==") X(string_less, "String.<") X(smol_check, "_stringCompareWithSmolCheck") \
    X(compare, "_stringCompare") X(compare_ranges, "_stringCompare(range)") X(compare_internal, "_stringCompareInternal") \
    X(compare_internal_ranges, "_stringCompareInternal(range)") X(has_prefix, "String.hasPrefix") X(has_suffix, "String.hasSuffix") \
    X(protocol_has_prefix, "StringProtocol.hasPrefix<>") X(protocol_has_suffix, "StringProtocol.hasSuffix<>") \
    X(thunk_has_prefix, "StringProtocol.hasPrefix") X(thunk_has_suffix, "StringProtocol.hasSuffix") \
    X(protocol_equal, "StringProtocol.==") X(protocol_unequal, "StringProtocol.!=") X(protocol_less, "StringProtocol.<") \
    X(protocol_less_equal, "StringProtocol.<=") X(protocol_greater, "StringProtocol.>") X(protocol_greater_equal, "StringProtocol.>=") \
    X(string_hash, "String.hash(into:)") X(protocol_hash, "StringProtocol.hash(into:)") X(character_equal, "Character.==") \
    X(character_less, "Character.<") X(character_hash, "Character.hash(into:)") X(switch_case, "_findStringSwitchCase") \
    X(switch_case_cache, "_findStringSwitchCaseWithCache") X(equatable, "Equatable.==") X(comparable, "Comparable.<") \
    X(raw_hash, "Hashable._rawHashValue(seed:)") X(hash_into, "Hashable.hash(into:)") X(combine, "Hasher.combine") \
    X(array_equal, "Array.==") X(slice_equal, "ArraySlice.==") X(contiguous_equal, "ContiguousArray.==") \
    X(elements_equal, "Sequence.elementsEqual") X(starts_with, "Sequence.starts(with:)") X(sequence_contains, "Sequence.contains") \
    X(set_contains, "Set.contains") X(dictionary_subscript, "Dictionary.subscript") \
    MEMORY_HOOKS(X)
#define REDIRECTIONS(X) X(string_contains, "StringProtocol.contains")

#define INDEX(name, title) h_##name,
enum { HOOKS(INDEX) REDIRECTIONS(INDEX) hook_count };    // redirections last
_Static_assert(hook_count <= 64, "the mask has 64 bits");
static void *actual[hook_count];

#define S_string_equal "$sSS2eeoiySbSS_SStFZ"
#define S_string_less "$sSS1loiySbSS_SStFZ"
#define S_smol_check "$ss27_stringCompareWithSmolCheck__9expectingSbs11_StringGutsV_ADs01_G16ComparisonResultOtF"
#define S_compare "$ss14_stringCompare__9expectingSbs11_StringGutsV_ADs01_D16ComparisonResultOtF"
#define S_compare_ranges "$ss14_stringCompare____9expectingSbs11_StringGutsV_SnySiGAdEs01_D16ComparisonResultOtF"
#define S_compare_internal "$ss22_stringCompareInternal__9expectingSbs11_StringGutsV_ADs01_E16ComparisonResultOtF"
#define S_compare_internal_ranges "$ss22_stringCompareInternal____9expectingSbs11_StringGutsV_SnySiGAdEs01_E16ComparisonResultOtF"
#define S_has_prefix "$sSS9hasPrefixySbSSF"
#define S_has_suffix "$sSS9hasSuffixySbSSF"
#define S_protocol_has_prefix "$sSysE9hasPrefixySbqd__SyRd__lF"
#define S_protocol_has_suffix "$sSysE9hasSuffixySbqd__SyRd__lF"
#define S_thunk_has_prefix "$sSy9hasPrefixySbSSFTj"
#define S_thunk_has_suffix "$sSy9hasSuffixySbSSFTj"
#define S_protocol_equal "$sSysE2eeoiySbx_qd__tSyRd__lFZ"
#define S_protocol_unequal "$sSysE2neoiySbx_qd__tSyRd__lFZ"
#define S_protocol_less "$sSysE1loiySbx_qd__tSyRd__lFZ"
#define S_protocol_less_equal "$sSysE2leoiySbx_qd__tSyRd__lFZ"
#define S_protocol_greater "$sSysE1goiySbx_qd__tSyRd__lFZ"
#define S_protocol_greater_equal "$sSysE2geoiySbx_qd__tSyRd__lFZ"
#define S_string_hash "$sSS4hash4intoys6HasherVz_tF"
#define S_protocol_hash "$sSysE4hash4intoys6HasherVz_tF"
#define S_character_equal "$sSJ2eeoiySbSJ_SJtFZ"
#define S_character_less "$sSJ1loiySbSJ_SJtFZ"
#define S_character_hash "$sSJ4hash4intoys6HasherVz_tF"
#define S_switch_case "$ss21_findStringSwitchCase5cases6stringSiSays06StaticB0VG_SStF"
#define S_switch_case_cache "$ss30_findStringSwitchCaseWithCache5cases6string5cacheSiSays06StaticB0VG_SSs07_OpaquebcF0VztF"
#define S_equatable "$sSQ2eeoiySbx_xtFZTj"
#define S_comparable "$sSL1loiySbx_xtFZTj"
#define S_raw_hash "$sSH13_rawHashValue4seedS2i_tFTj"
#define S_hash_into "$sSH4hash4intoys6HasherVz_tFTj"
#define S_combine "$ss6HasherV7combineyyxSHRzlF"
#define S_array_equal "$sSasSQRzlE2eeoiySbSayxG_ABtFZ"
#define S_slice_equal "$ss10ArraySliceVsSQRzlE2eeoiySbAByxG_ADtFZ"
#define S_contiguous_equal "$ss15ContiguousArrayVsSQRzlE2eeoiySbAByxG_ADtFZ"
#define S_elements_equal "$sSTsSQ7ElementRpzrlE13elementsEqualySbqd__STRd__AAQyd__ABRSlF"
#define S_starts_with "$sSTsSQ7ElementRpzrlE6starts4withSbqd___tSTRd__AAQyd__ABRSlF"
#define S_sequence_contains "$sSTsSQ7ElementRpzrlE8containsySbABF"
#define S_set_contains "$sSh8containsySbxF"
#define S_dictionary_subscript "$sSDyq_Sgxcig"
#define S_string_contains "$sSy17_StringProcessingE8containsySbSSF"
#define S_c_memcmp "memcmp"
#define S_c_bcmp "bcmp"
#define S_c_strcmp "strcmp"
#define S_c_strncmp "strncmp"

#define TITLE(name, title) title,
#define SYMBOL(name, title) S_##name,
static const char *const titles[hook_count] = {HOOKS(TITLE) REDIRECTIONS(TITLE)};
static const char *const symbols[hook_count] = {HOOKS(SYMBOL) REDIRECTIONS(SYMBOL)};

// Whoever calls a hook was linked against a library that has the function: only a library exchanged since can lack it.
COLD static void *find(int hook, void *wrapped) {
    void *function = wrapped != NULL ? wrapped : dlsym(RTLD_NEXT, symbols[hook]);
    if (function == NULL) __builtin_trap();
    actual[hook] = function;
    return function;
}

// The closed gate costs a leaf: two loads, two tests, a jump. All results are passed on as the register they come in: the upper bits of a
// Swift Bool mean nothing. `inside` stays unset where the operands could not be read: what runs below may then be the user's own `==`, and
// its comparisons count.
#define HOOK_WITH(convention, type, tail, keep, give, name, parameters, arguments, logged) \
    typedef convention type name##_function parameters; \
    extern name##_function name##_hook __asm__("pulsegate_fuzz_hook_" #name) HIDDEN; \
    extern name##_function name##_real __asm__("__real_" S_##name) WEAK; \
    extern name##_function name##_entry __asm__(S_##name) __attribute__((weak, alias("pulsegate_fuzz_hook_" #name))); \
    extern name##_function name##_wrap __asm__("__wrap_" S_##name) __attribute__((weak, alias("pulsegate_fuzz_hook_" #name))); \
    BODY(convention, type, tail, keep, give, name, parameters, arguments, logged)

#define BODY(convention, type, tail, keep, give, name, parameters, arguments, logged) \
    SLOW convention type name##_slow parameters { \
        name##_function *real = (name##_function *)actual[h_##name]; \
        if (real == NULL) real = (name##_function *)find(h_##name, (void *)name##_real); \
        if (CLOSED || inside) tail return real arguments; \
        const void *site = __builtin_return_address(0); \
        inside = true; \
        inside = (logged); \
        keep real arguments; \
        inside = false; \
        give \
    } \
    FAST convention type name##_hook parameters { \
        name##_function *real = (name##_function *)actual[h_##name]; \
        if (CLOSED && __builtin_expect(real != NULL, 1)) tail return real arguments; \
        tail return name##_slow arguments; \
    }

#define TAIL __attribute__((musttail))
#define SLOW COLD static
#define FAST __attribute__((used, no_builtin, section("pulsegate_fuzz_hooks")))
#define HIDDEN __attribute__((visibility("hidden")))
#define HOOK(name, parameters, arguments, logged) \
    HOOK_WITH(SWIFT, word, TAIL, word outcome =, return outcome;, name, parameters, arguments, logged)
#define C_HOOK(name, parameters, arguments, logged) \
    HOOK_WITH(, word, TAIL, word outcome =, return outcome;, name, parameters, arguments, logged)

HOOK(string_equal, (word a0, word a1, word b0, word b1), (a0, a1, b0, b1),
    report_strings(site, a0, a1, b0, b1, pulsegate_fuzz_text_equality))
HOOK(string_less, (word a0, word a1, word b0, word b1), (a0, a1, b0, b1), report_strings(site, a0, a1, b0, b1, pulsegate_fuzz_text_order))
HOOK(smol_check, (word a0, word a1, word b0, word b1, word expecting), (a0, a1, b0, b1, expecting),
    report_strings(site, a0, a1, b0, b1, ORDERED(expecting)))
HOOK(compare, (word a0, word a1, word b0, word b1, word expecting), (a0, a1, b0, b1, expecting),
    report_strings(site, a0, a1, b0, b1, ORDERED(expecting)))
HOOK(compare_internal, (word a0, word a1, word b0, word b1, word expecting), (a0, a1, b0, b1, expecting),
    report_strings(site, a0, a1, b0, b1, ORDERED(expecting)))
HOOK(compare_ranges, (word a0, word a1, word a2, word a3, word b0, word b1, word b2, word b3, word expecting),
    (a0, a1, a2, a3, b0, b1, b2, b3, expecting), report_ranges(site, a0, a1, a2, a3, b0, b1, b2, b3, ORDERED(expecting)))
HOOK(compare_internal_ranges, (word a0, word a1, word a2, word a3, word b0, word b1, word b2, word b3, word expecting),
    (a0, a1, a2, a3, b0, b1, b2, b3, expecting), report_ranges(site, a0, a1, a2, a3, b0, b1, b2, b3, ORDERED(expecting)))
HOOK(has_prefix, (word b0, word b1, word a0, word a1), (b0, b1, a0, a1), report_strings(site, a0, a1, b0, b1, pulsegate_fuzz_text_prefix))
HOOK(has_suffix, (word b0, word b1, word a0, word a1), (b0, b1, a0, a1), report_strings(site, a0, a1, b0, b1, pulsegate_fuzz_text_suffix))
HOOK(protocol_has_prefix, (any b, any type, any b_type, any table, any b_table, SELF any a), (b, type, b_type, table, b_table, a),
    report_values(site, a, type, b, b_type, pulsegate_fuzz_text_prefix))
HOOK(protocol_has_suffix, (any b, any type, any b_type, any table, any b_table, SELF any a), (b, type, b_type, table, b_table, a),
    report_values(site, a, type, b, b_type, pulsegate_fuzz_text_suffix))
HOOK(thunk_has_prefix, (word b0, word b1, any type, any table, SELF any a), (b0, b1, type, table, a),
    report_prefix_value(site, a, type, b0, b1, pulsegate_fuzz_text_prefix))
HOOK(thunk_has_suffix, (word b0, word b1, any type, any table, SELF any a), (b0, b1, type, table, a),
    report_prefix_value(site, a, type, b0, b1, pulsegate_fuzz_text_suffix))

#define PROTOCOL_OPERATOR(name, kind) \
    HOOK(name, (any a, any b, any type, any b_type, any table, any b_table, SELF any metatype), \
        (a, b, type, b_type, table, b_table, metatype), report_values(site, a, type, b, b_type, kind))
PROTOCOL_OPERATOR(protocol_equal, pulsegate_fuzz_text_equality)
PROTOCOL_OPERATOR(protocol_unequal, pulsegate_fuzz_text_equality)
PROTOCOL_OPERATOR(protocol_less, pulsegate_fuzz_text_order)
PROTOCOL_OPERATOR(protocol_less_equal, pulsegate_fuzz_text_order)
PROTOCOL_OPERATOR(protocol_greater, pulsegate_fuzz_text_order)
PROTOCOL_OPERATOR(protocol_greater_equal, pulsegate_fuzz_text_order)

HOOK(string_hash, (any hasher, word a0, word a1), (hasher, a0, a1), report_string_hash(site, a0, a1))
HOOK(character_hash, (any hasher, word a0, word a1), (hasher, a0, a1), report_string_hash(site, a0, a1))
HOOK(protocol_hash, (any hasher, any type, any table, SELF any a), (hasher, type, table, a), report_hash(site, a, type))
HOOK(hash_into, (any hasher, any type, any table, SELF any a), (hasher, type, table, a), report_hash(site, a, type))
HOOK(raw_hash, (word seed, any type, any table, SELF any a), (seed, type, table, a), report_hash(site, a, type))
HOOK(combine, (any a, any type, any table, SELF any hasher), (a, type, table, hasher), report_hash(site, a, type))
HOOK(character_equal, (word a0, word a1, word b0, word b1), (a0, a1, b0, b1),
    report_strings(site, a0, a1, b0, b1, pulsegate_fuzz_text_equality))
HOOK(character_less, (word a0, word a1, word b0, word b1), (a0, a1, b0, b1),
    report_strings(site, a0, a1, b0, b1, pulsegate_fuzz_text_order))
HOOK(switch_case, (any cases, word a0, word a1), (cases, a0, a1), report_cases(site, cases, a0, a1))
HOOK(switch_case_cache, (any cases, word a0, word a1, any cache), (cases, a0, a1, cache), report_cases(site, cases, a0, a1))
HOOK(equatable, (any a, any b, any type, any table, SELF any metatype), (a, b, type, table, metatype),
    report_values(site, a, type, b, type, pulsegate_fuzz_text_equality))
HOOK(comparable, (any a, any b, any type, any table, SELF any metatype), (a, b, type, table, metatype),
    report_values(site, a, type, b, type, pulsegate_fuzz_text_order))
HOOK(array_equal, (any a, any b, any element, any table), (a, b, element, table), report_arrays(site, a, b, element))
HOOK(contiguous_equal, (any a, any b, any element, any table), (a, b, element, table), report_arrays(site, a, b, element))
HOOK(slice_equal, (word a0, word a1, word a2, word a3, word b0, word b1, word b2, word b3, any element, any table),
    (a0, a1, a2, a3, b0, b1, b2, b3, element, table),
    report_slices(site, (word[4]){a0, a1, a2, a3}, (word[4]){b0, b1, b2, b3}, element))
HOOK(elements_equal, (any b, any type, any b_type, any table, any b_table, any element_table, SELF any a),
    (b, type, b_type, table, b_table, element_table, a), report_values(site, a, type, b, b_type, pulsegate_fuzz_text_equality))
HOOK(starts_with, (any b, any type, any b_type, any table, any b_table, any element_table, SELF any a),
    (b, type, b_type, table, b_table, element_table, a), report_values(site, a, type, b, b_type, pulsegate_fuzz_text_prefix))
HOOK(sequence_contains, (any element, any type, any table, any element_table, SELF any a), (element, type, table, element_table, a),
    report_membership(site, element, a, type))
HOOK(set_contains, (any element, any self, any type, any table), (element, self, type, table), report_keys(site, element, self, type, 56))
HOOK_WITH(SWIFT, void, , , , dictionary_subscript, (RESULT void *result, any key, any self, any type, any value_type, any table),
    (result, key, self, type, value_type, table), report_keys(site, key, self, type, 64))

// A symbol of another library, redirected where the executable's relocations name it.
#define REDIRECTED(name, parameters, arguments, logged) \
    typedef SWIFT word name##_function parameters; \
    extern name##_function name##_hook __asm__("pulsegate_fuzz_hook_" #name) HIDDEN; \
    enum { name##_real = 0 }; \
    BODY(SWIFT, word, TAIL, word outcome =, return outcome;, name, parameters, arguments, logged)
REDIRECTED(string_contains, (word b0, word b1, any type, any table, SELF any a), (b0, b1, type, table, a),
    report_prefix_value(site, a, type, b0, b1, pulsegate_fuzz_text_prefix))

#ifndef SANITIZED
C_HOOK(c_memcmp, (const void *a, const void *b, size_t count), (a, b, count), report_memory(site, a, b, count))
C_HOOK(c_bcmp, (const void *a, const void *b, size_t count), (a, b, count), FROM_TARGET && report_memory(site, a, b, count))
C_HOOK(c_strcmp, (const uint8_t *a, const uint8_t *b), (a, b), FROM_TARGET && report_c_strings(site, a, b, SIZE_MAX))
C_HOOK(c_strncmp, (const uint8_t *a, const uint8_t *b, size_t limit), (a, b, limit),
    FROM_TARGET && report_c_strings(site, a, b, limit))
#endif

// MARK: What is live

static uint64_t live;

static int note_code(struct dl_phdr_info *info, size_t size, void *executable) {
    (void)size;
    uintptr_t low = 0, high = 0;
    bool core = false;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        if (segment->p_type != PT_LOAD) continue;
        uintptr_t from = info->dlpi_addr + segment->p_vaddr, to = from + segment->p_memsz, metadata = (uintptr_t)string_metadata;
        core = core || (metadata >= from && metadata < to);
        if (segment->p_flags & PF_X) low = from, high = to;
    }
    if (*(bool *)executable) text_low = low, text_high = high;    // it comes first
    if (core) core_low = low, core_high = high;
    *(bool *)executable = false;
    return 0;
}

#define PROBE(name, title) \
    if ((void *)name##_real != NULL) { \
        actual[h_##name] = (void *)name##_real; \
        live |= 1ull << h_##name; \
    } else if ((void *)name##_entry == (void *)name##_hook) { \
        void *next = dlsym(RTLD_NEXT, S_##name); \
        actual[h_##name] = next; \
        if (next != NULL) live |= 1ull << h_##name; \
    }

static bool same_name(const char *a, const char *b) {
    while (*a != 0 && *a == *b) a++, b++;
    return *a == *b;
}

typedef struct {
    const char *symbol;
    void *hook;
    bool done;
} redirection;

// Writes the hook's address where the executable's relocations put the symbol's. Read-only relocations stay writable.
static int redirect(struct dl_phdr_info *info, size_t size, void *context) {
    redirection *r = context;
    (void)size;
    const ElfW(Dyn) *dynamic = NULL;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        if (info->dlpi_phdr[i].p_type == PT_DYNAMIC) dynamic = (any)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
    }
    if (dynamic == NULL) return 1;
    const char *names = NULL;
    const ElfW(Sym) *symbols_table = NULL;
    struct {
        const ElfW(Rela) *first;
        size_t bytes;
    } tables[2] = {{NULL, 0}, {NULL, 0}};
    for (; dynamic->d_tag != DT_NULL; dynamic++) {
        if (dynamic->d_tag == DT_STRTAB) names = (any)dynamic->d_un.d_ptr;
        if (dynamic->d_tag == DT_SYMTAB) symbols_table = (any)dynamic->d_un.d_ptr;
        if (dynamic->d_tag == DT_JMPREL) tables[0].first = (any)dynamic->d_un.d_ptr;
        if (dynamic->d_tag == DT_PLTRELSZ) tables[0].bytes = dynamic->d_un.d_val;
        if (dynamic->d_tag == DT_RELA) tables[1].first = (any)dynamic->d_un.d_ptr;
        if (dynamic->d_tag == DT_RELASZ) tables[1].bytes = dynamic->d_un.d_val;
    }
    if (names == NULL || symbols_table == NULL) return 1;
    long page = sysconf(_SC_PAGESIZE);
    for (int t = 0; t < 2; t++) {
        for (size_t i = 0; tables[t].first != NULL && i < tables[t].bytes / sizeof(ElfW(Rela)); i++) {
            const ElfW(Rela) *relocation = &tables[t].first[i];
            uint32_t symbol = (uint32_t)ELF64_R_SYM(relocation->r_info), type = (uint32_t)ELF64_R_TYPE(relocation->r_info);
            if (symbol == 0 || (type != JUMP_SLOT && type != GLOB_DAT)) continue;
            if (!same_name(names + symbols_table[symbol].st_name, r->symbol)) continue;
            void **slot = (void **)(info->dlpi_addr + relocation->r_offset);
            uintptr_t low = (uintptr_t)slot & ~((uintptr_t)page - 1);
            if (mprotect((void *)low, (size_t)page, PROT_READ | PROT_WRITE) != 0) continue;
            *slot = r->hook;
            r->done = true;
        }
    }
    return 1;    // the executable comes first
}

#define REDIRECT(name, title) \
    if ((actual[h_##name] = dlsym(RTLD_DEFAULT, S_##name)) != NULL) { \
        redirection r = {S_##name, (void *)name##_hook, false}; \
        dl_iterate_phdr(redirect, &r); \
        if (r.done) live |= 1ull << h_##name; \
    }

__attribute__((constructor(101))) static void probe(void) {
    bool executable = true;
    dl_iterate_phdr(note_code, &executable);
    HOOKS(PROBE)
    REDIRECTIONS(REDIRECT)
}

uint32_t pulsegate_fuzz_hook_count(void) { return hook_count; }
uint64_t pulsegate_fuzz_live_hooks(void) { return live; }
const char *pulsegate_fuzz_hook_name(uint32_t hook) { return hook < hook_count ? titles[hook] : NULL; }
const char *pulsegate_fuzz_hook_symbol(uint32_t hook) { return hook < h_string_contains ? symbols[hook] : NULL; }

#else

uint32_t pulsegate_fuzz_hook_count(void) { return 0; }
uint64_t pulsegate_fuzz_live_hooks(void) { return 0; }
const char *pulsegate_fuzz_hook_name(uint32_t hook) { return (void)hook, NULL; }
const char *pulsegate_fuzz_hook_symbol(uint32_t hook) { return (void)hook, NULL; }

#endif
