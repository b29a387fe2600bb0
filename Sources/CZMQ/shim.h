#include <zmq.h>

// The Glibc module of Swift does not carry eventfd, which wakes a thread that waits in zmq_poll.
#include <sys/eventfd.h>
