// glibc 2.36 gave arc4random_buf, which Debian's static expat asks for; provided.al2023 has glibc 2.34.
#if defined(__linux__)
#include <stdlib.h>
#include <sys/random.h>

void arc4random_buf(void *buffer, size_t size) {
    unsigned char *next = buffer;
    while (size > 0) {
        // Up to 256 bytes are never cut short and never interrupted. (getrandom(2))
        size_t count = size < 256 ? size : 256;
        if (getrandom(next, count, 0) != (ssize_t)count) abort();
        next += count;
        size -= count;
    }
}
#endif
