// AddressSanitizer's settings (linked by `make asan` only), here because processes that tests start do not have the tests'
// environment.

// Reports are files beside REPORTS (a prefix), so that none of a process that a test starts goes unseen. A process that ends
// does not free everything.
const char *__asan_default_options(void);
const char *__asan_default_options(void) { return "detect_leaks=0:log_path=" REPORTS; }

// Foundation's, not ours: Process.run() lists /proc/self/fd and copies the whole array for a name out of a directory entry, which
// is as short as its name. What it reads past the last entry is not used. Tests alone use Process.
const char *__asan_default_suppressions(void);
const char *__asan_default_suppressions(void) { return "interceptor_via_fun:*findMaximumOpenFromProcSelfFD*\n"; }
