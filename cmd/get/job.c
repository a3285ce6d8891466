#include "cmd/get/job.h"

void job_settle(struct job *job, struct entry *entry, struct outcome *outcome)
{
    if (entry->problem)
        outcome_fail(outcome, "%s", entry->problem);
    report_outcome(job->report, entry, outcome);
    outcome_clear(outcome);
    entry_free(entry);
}
