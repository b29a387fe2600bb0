// What Glibc offers beside the standard, and Swift does not import with it.
#include <malloc.h>
