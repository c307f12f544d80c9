// What the driver's start is compared with: a program that links the same libcurl and does nothing.
#include <curl/curl.h>

int main(int count, char **arguments) {
    (void)arguments;
    return count > 1000 && curl_version() == NULL;
}
