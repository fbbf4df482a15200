// What the Glibc module lacks: epoll, eventfd, inotify, signalfd, timerfd, accept4, memmem, closefrom for spawn,
// malloc statistics. Headers and prototypes only.
#ifndef FRUGALHUB_CLINUX_SHIM_H
#define FRUGALHUB_CLINUX_SHIM_H
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/socket.h>
#include <sys/prctl.h>
#include <malloc.h>
#include <pthread.h>
#include <spawn.h>
#include <stddef.h>

// Behind _GNU_SOURCE in glibc; prototypes as its manual pages give them.
int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags);
void *memmem(const void *haystack, size_t haystack_length, const void *needle, size_t needle_length);
int pipe2(int fds[2], int flags);
int pthread_setname_np(pthread_t thread, const char *name);
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
#endif
