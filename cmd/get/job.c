#include "cmd/get/job.h"

#include "cmd/get/signals.h"
#include <stdlib.h>

/* A journal that cannot be written does not end the downloads. */
static void job_record(struct job *job, const struct entry *entry, const struct outcome *outcome)
{
    int error = history_record(&job->history, entry, outcome);
    if (!error || job->history.told)
        return;
    char *problem = history_problem(&job->history, error);
    report_trouble(job->report, problem ? problem : "out of memory");
    free(problem);
    job->history.told = true;
}

void job_settle(struct job *job, struct entry *entry, struct outcome *outcome)
{
    if (entry->problem)
        outcome_refuse(outcome, entry->option, entry->problem);
    if (outcome->kind == OUTCOME_NOT_TRIED && reserve_is_reached(&job->directory.reserve))
        signals_stop();
    if (job->landed)
        job->landed(job, entry, outcome);
    job_record(job, entry, outcome);
    report_landed(job->report, entry);
    report_outcome(job->report, entry, outcome);
    outcome_clear(outcome);
    entry_free(entry);
}
