#pragma once
// What Swift's own Glibc module leaves out.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <malloc.h>
#include <stdio.h>
// glibc shows them to those who define _GNU_SOURCE before anything else, which Swift's importer does not.
int renameat2(int, const char *, int, const char *, unsigned int);
int pipe2(int[2], int);
