#pragma once
#include <curl/curl.h>
#include <stddef.h>

// libcurl's setopt and getinfo functions are variadic, which Swift cannot call: one typed function for each kind of
// argument stands in for them.

static inline CURLcode s3haul_curl_set_long(CURL *_Nonnull easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode s3haul_curl_set_size(CURL *_Nonnull easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode s3haul_curl_set_string(CURL *_Nonnull easy, CURLoption option, const char *_Nullable value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode s3haul_curl_set_pointer(CURL *_Nonnull easy, CURLoption option, const void *_Nullable value) {
    return curl_easy_setopt(easy, option, value);
}

typedef size_t (*s3haul_curl_data_function)(char *_Nonnull bytes, size_t size, size_t count, void *_Nonnull context);

/// For CURLOPT_WRITEFUNCTION, CURLOPT_HEADERFUNCTION and CURLOPT_READFUNCTION.
static inline CURLcode s3haul_curl_set_function(
    CURL *_Nonnull easy, CURLoption option, s3haul_curl_data_function _Nonnull function) {
    return curl_easy_setopt(easy, option, function);
}

typedef int (*s3haul_curl_start_function)(
    void *_Nonnull context, char *_Nonnull remote, char *_Nonnull local, int remotePort, int localPort);

/// Has a function called before each time that the request is sent over a connection.
static inline CURLcode s3haul_curl_set_start_function(
    CURL *_Nonnull easy, s3haul_curl_start_function _Nonnull function, void *_Nonnull context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, function);
    return code == CURLE_OK ? curl_easy_setopt(easy, CURLOPT_PREREQDATA, context) : code;
}

static inline CURLcode s3haul_curl_get_long(CURL *_Nonnull easy, CURLINFO info, long *_Nonnull value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode s3haul_curl_get_size(CURL *_Nonnull easy, CURLINFO info, curl_off_t *_Nonnull value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode s3haul_curl_get_pointer(
    CURL *_Nonnull easy, CURLINFO info, void *_Nullable *_Nonnull value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLMcode s3haul_curl_multi_set_long(CURLM *_Nonnull multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

typedef int (*s3haul_curl_socket_function)(
    CURL *_Nonnull easy, curl_socket_t socket, int what, void *_Nonnull context, void *_Nullable socketContext);
typedef int (*s3haul_curl_timer_function)(CURLM *_Nonnull multi, long milliseconds, void *_Nonnull context);

/// The two callbacks by which libcurl says which sockets to watch and when to call it again.
static inline CURLMcode s3haul_curl_multi_set_callbacks(
    CURLM *_Nonnull multi, s3haul_curl_socket_function _Nonnull socket, s3haul_curl_timer_function _Nonnull timer,
    void *_Nonnull context) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, socket);
    if (code == CURLM_OK) code = curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
    if (code == CURLM_OK) code = curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer);
    if (code == CURLM_OK) code = curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
    return code;
}
