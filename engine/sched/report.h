/* report.h - what a scheduler tells people. Private to engine. Any thread; nothing here parks. */
#ifndef ENGINE_REPORT_H
#define ENGINE_REPORT_H

struct sched;

/* One line to options.report, or to standard error. Cut at 512 bytes. */
void report_line(struct sched *sched, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Tasks are left that nothing can wake: names them all. */
void report_deadlock(struct sched *sched);

#endif
