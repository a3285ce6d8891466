/* exit_status.h - how the program tells whoever started it what became of it. 0: all well. */
#ifndef CMD_EXIT_STATUS_H
#define CMD_EXIT_STATUS_H

enum {
    EXIT_FAILED = 1,        /* some URL failed; or what was asked for is not there */
    EXIT_USAGE = 2,         /* the command line is wrong */
    EXIT_MACHINE = 3,       /* no space, no permission, I/O error, out of memory */
    EXIT_INTERRUPTED = 130, /* SIGINT, SIGTERM */
};

#endif
