/* How the programs in this directory print what a function answered: the call as it is written,
   then the result, so that two runs can be compared line by line. */
#ifndef SHOW_H
#define SHOW_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Not every program needs all of it. */
#define SHARED static __attribute__((unused))

#define SHOW_INT(call) printf("%s = %d\n", #call, (int)(call))

#define SHOW_TEXT(call)                                             \
    do {                                                            \
        const char* show_text = (call);                             \
        printf("%s = %s\n", #call, show_text ? show_text : "NULL"); \
    } while (0)

#define SHOW_NULL(call) printf("%s is %s\n", #call, (call) == NULL ? "NULL" : "there")

/* For what only this library has: says what is wrong, and lets the program fail at its end. */
SHARED int failures;

#define CHECK(condition)                                                     \
    do {                                                                     \
        if (!(condition)) {                                                  \
            printf("%s:%d: %s is not so\n", __FILE__, __LINE__, #condition); \
            ++failures;                                                      \
        }                                                                    \
    } while (0)

SHARED int finish(void) {
    fflush(stdout);
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
