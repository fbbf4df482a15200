// libcurl for Swift. curl_easy_setopt and curl_easy_getinfo are variadic, which Swift cannot call: one inline
// forwarder per argument type, and the one option that older headers lack.
#ifndef FRUGALHUB_CCURL_SHIM_H
#define FRUGALHUB_CCURL_SHIM_H
#if __has_feature(modules)
// The types of glibc stay those of Swift's Glibc module, instead of being declared here a second time.
#pragma clang module import SwiftGlibc
#endif
#include <curl/curl.h>
#if LIBCURL_VERSION_NUM < 0x075000
#error "libcurl 7.80 or later is needed (CURLOPT_PREREQFUNCTION)"
#endif

typedef size_t (*frugal_curl_data_callback)(char *bytes, size_t size, size_t count, void *context);
typedef int (*frugal_curl_progress_callback)(
    void *context, curl_off_t dltotal, curl_off_t dlnow, curl_off_t ultotal, curl_off_t ulnow);
typedef int (*frugal_curl_prerequest_callback)(
    void *context, char *remote_address, char *local_address, int remote_port, int local_port);

static inline CURLcode frugal_curl_setopt_long(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode frugal_curl_setopt_offset(CURL *handle, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode frugal_curl_setopt_string(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode frugal_curl_setopt_pointer(CURL *handle, CURLoption option, void *value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode frugal_curl_setopt_list(CURL *handle, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(handle, option, value);
}
// libcurl copies the bytes.
static inline CURLcode frugal_curl_setopt_blob(
    CURL *handle, CURLoption option, const void *bytes, size_t count) {
  struct curl_blob blob = {(void *)bytes, count, CURL_BLOB_COPY};
  return curl_easy_setopt(handle, option, &blob);
}
static inline CURLcode frugal_curl_setopt_data_callback(
    CURL *handle, CURLoption option, frugal_curl_data_callback value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode frugal_curl_setopt_prerequest_callback(
    CURL *handle, frugal_curl_prerequest_callback value) {
  return curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, value);
}
static inline CURLcode frugal_curl_setopt_open_socket_callback(
    CURL *handle, curl_opensocket_callback value) {
  return curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, value);
}
static inline CURLcode frugal_curl_setopt_close_socket_callback(
    CURL *handle, curl_closesocket_callback value) {
  return curl_easy_setopt(handle, CURLOPT_CLOSESOCKETFUNCTION, value);
}
static inline CURLcode frugal_curl_getinfo_long(CURL *handle, CURLINFO info, long *value) {
  return curl_easy_getinfo(handle, info, value);
}
static inline CURLcode frugal_curl_getinfo_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
  return curl_easy_getinfo(handle, info, value);
}
static inline CURLcode frugal_curl_getinfo_pointer(CURL *handle, CURLINFO info, char **value) {
  return curl_easy_getinfo(handle, info, value);
}
static inline CURLMcode frugal_curl_multi_setopt_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}
// An unfinished name lookup does not hold up its end (7.87 and later; before, ending a transfer waits for it).
static inline void frugal_curl_set_quick_exit(CURL *handle) {
#if LIBCURL_VERSION_NUM >= 0x075700
  curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);
#else
  (void)handle;
#endif
}
#endif
