// What the Glibc module lacks: epoll, eventfd, inotify, signalfd, timerfd, accept4, memmem, closefrom for spawn,
// malloc statistics. Headers and prototypes only.
#ifndef FRUGALHUB_CLINUX_SHIM_H
#define FRUGALHUB_CLINUX_SHIM_H
#if __has_feature(modules)
// The types of glibc stay those of Swift's Glibc module, instead of being declared here a second time.
#pragma clang module import SwiftGlibc
#endif
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/socket.h>
#include <sys/prctl.h>
#include <malloc.h>
#include <spawn.h>
#include <stddef.h>

// Behind _GNU_SOURCE in glibc; prototypes as its manual pages give them.
int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags);
void *memmem(const void *haystack, size_t haystack_length, const void *needle, size_t needle_length);
int pipe2(int fds[2], int flags);
// pthread_t is unsigned long in glibc; including its header here would make this module claim types of Glibc.
int pthread_setname_np(unsigned long thread, const char *name);
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
// prctl is variadic, which Swift cannot call: this process gets the signal when the thread that started it ends.
static inline int frugal_die_with_parent(int signal) { return prctl(PR_SET_PDEATHSIG, signal); }
#endif
