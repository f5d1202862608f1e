// What instrumented code calls. Weak, so that another engine's functions take the place of ours where one is linked. A sanitizer's library comes first in
// the link and has weak functions of the same names that do nothing: there ours are strong, or the campaign would be blind, unless the build says with
// PULSEGATE_FUZZ_FOREIGN that it links another engine as well.
#ifndef PULSEGATE_FUZZ_CALLBACK_H
#define PULSEGATE_FUZZ_CALLBACK_H

#if (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer)) && !defined(PULSEGATE_FUZZ_FOREIGN)
#define PULSEGATE_FUZZ_CALLBACK
#else
#define PULSEGATE_FUZZ_CALLBACK __attribute__((weak))
#endif

#endif
