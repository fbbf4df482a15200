// Tells ThreadSanitizer what Synchronization.Mutex does where two threads meet (linked by `make tsan` only).
//
// Mutex takes its lock by one compare-and-exchange that is compiled into its user, and so is seen by the sanitizer. Where
// another thread has the lock it calls libswiftSynchronization, which is not built for the sanitizer: of what happened
// before the other thread's unlocking nothing is known then, and every use of the value is taken for a race. These are the
// same two calls (futexes with priority inheritance, where the kernel hands over the lock), with that said.
// Its settings are here too, as processes that tests start do not have the tests' environment.
#include <errno.h>
#include <linux/futex.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

extern void __tsan_acquire(void *address);
extern void __tsan_release(void *address);

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

// Synchronization._MutexHandle._lockSlow(UInt32); the kernel writes the thread's number by itself.
SWIFT void lock_slow(uint32_t thread, SELF void *word) __asm__("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");
SWIFT void lock_slow(uint32_t thread, SELF void *word) {
  (void)thread;
  while (syscall(SYS_futex, word, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0) != 0) {
    if (errno != EINTR && errno != EAGAIN) abort();
  }
  __tsan_acquire(word);
}

// Synchronization._MutexHandle._unlockSlow().
SWIFT void unlock_slow(SELF void *word) __asm__("$s15Synchronization12_MutexHandleV11_unlockSlowyyF");
SWIFT void unlock_slow(SELF void *word) {
  __tsan_release(word);
  while (syscall(SYS_futex, word, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0) != 0) {
    if (errno != EINTR) abort();
  }
}

// Reports are files beside REPORTS (a prefix), so that none of a process that a test starts goes unseen.
const char *__tsan_default_options(void);
const char *__tsan_default_options(void) { return "log_path=" REPORTS; }
