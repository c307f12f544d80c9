// glibc 2.35 gave hypot and hypotf a new version, which FoundationEssentials' JSON then asks for; provided.al2023 has
// glibc 2.34. These take the old version, which every later glibc has too. (https://sourceware.org/glibc/wiki/Release/2.35)
#if defined(__x86_64__)
#define FIRST_GLIBC "GLIBC_2.2.5"
#elif defined(__aarch64__)
#define FIRST_GLIBC "GLIBC_2.17"
#endif

#if defined(__linux__) && defined(FIRST_GLIBC)
__asm__(".symver first_hypot, hypot@" FIRST_GLIBC);
__asm__(".symver first_hypotf, hypotf@" FIRST_GLIBC);

double first_hypot(double x, double y);
float first_hypotf(float x, float y);

double hypot(double x, double y) { return first_hypot(x, y); }
float hypotf(float x, float y) { return first_hypotf(x, y); }
#endif
