#include "cmd/get/crew.h"

#include "cmd/get/gate_local.h"
#include "cmd/get/loop_options.h"
#include "cmd/get/worker.h"
#include "engine/sched/group.h"
#include "engine/sched/sched.h"
#include "engine/sync/event.h"
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A scheduler that fetches. Member 0 is the main thread itself. */
struct member {
    struct crew *crew;
    struct sched *sched;
    struct worker worker;
    struct gate_local gate;
    struct group flights; /* tasks under way, on the member's scheduler */
    unsigned flying;      /* main thread's count of what it gave and has not got back */
    pthread_t thread;
    struct event quit;            /* on the member's scheduler */
    struct sched_message cancel;  /* main -> member: cancel all flights */
    struct sched_message dismiss; /* main -> member: no more will come */
    struct sched_message started; /* member -> main */
    int start_error;
};

struct crew {
    struct job *job;
    struct slots *slots;
    struct sched *main_sched;
    struct event landed; /* set whenever nothing is in the air, or a member has started */
    unsigned flying;
    unsigned starting; /* members that have not reported yet */
    unsigned count;
    bool canceled;
    bool main_burdened;
    struct member members[]; /* `count` of them */
};

struct flight {
    struct sched_message message; /* carries it out and home */
    struct member *member;
    struct entry *entry;
    struct meter meter;
    struct outcome outcome;
};

/* Main thread: the entry is settled, the flight ends. */
static void flight_land(struct flight *flight)
{
    struct member *member = flight->member;
    struct crew *crew = member->crew;
    member->flying--;
    crew->flying--;
    report_flight(crew->job->report, crew->flying);
    job_settle(crew->job, flight->entry, &flight->outcome);
    free(flight);
    if (crew->flying == 0)
        event_set(&crew->landed);
}

static void flight_home(struct sched_message *message)
{
    flight_land(list_entry(message, struct flight, message));
}

/* The member's thread: the flight is over. The slot is free before the report is written. */
static void flight_end(struct flight *flight)
{
    struct crew *crew = flight->member->crew;
    slots_release(crew->slots);
    if (flight->member->sched == crew->main_sched) {
        flight_land(flight);
        return;
    }
    flight->message.run = flight_home;
    sched_post(crew->main_sched, &flight->message);
}

static void *flight_task(void *arg)
{
    struct flight *flight = arg;
    fetch_one(&flight->member->worker, flight->entry, &flight->outcome);
    flight_end(flight);
    return NULL;
}

/* The member's thread: the flight gets its task. */
static void flight_take_off(struct flight *flight)
{
    int error = group_spawn(&flight->member->flights, flight_task, flight);
    if (!error)
        return;
    if (flight->entry->leased)
        hosts_leave(flight->member->crew->job->hosts, entry_gate(flight->entry));
    if (error != -ECANCELED) {
        outcome_fail(&flight->outcome, "%s", strerror(-error));
        flight->outcome.machine_error = error;
    }
    flight_end(flight);
}

static void flight_out(struct sched_message *message)
{
    flight_take_off(list_entry(message, struct flight, message));
}

static void member_cancel(struct sched_message *message)
{
    group_cancel(&list_entry(message, struct member, cancel)->flights);
}

static void member_dismiss(struct sched_message *message)
{
    event_set(&list_entry(message, struct member, dismiss)->quit);
}

static void member_started(struct sched_message *message)
{
    struct crew *crew = list_entry(message, struct member, started)->crew;
    if (--crew->starting == 0)
        event_set(&crew->landed);
}

/* Makes the member able to fetch, on its own scheduler. */
static int member_open(struct member *member)
{
    struct crew *crew = member->crew;
    int error = worker_open(&member->worker, crew->job->options, &crew->job->directory);
    if (error)
        return error;
    member->worker.namer = crew->job->namer;
    member->worker.gate = gate_local_init(&member->gate, crew->job->hosts);
    member->worker.slots = crew->slots;
    group_init(&member->flights);
    return 0;
}

static void member_close(struct member *member)
{
    group_close(&member->flights);
    worker_close(&member->worker);
}

/* First task of a member's thread: keeps the member open until it is dismissed. */
static void *member_task(void *arg)
{
    struct member *member = arg;
    event_init(&member->quit);
    member->start_error = member_open(member);
    bool opened = member->start_error == 0;
    /* All that is to come comes from the main thread, so waiting for it is no deadlock. */
    sched_hold(member->sched);
    sched_post(member->crew->main_sched, &member->started);
    if (opened)
        event_wait(&member->quit, DEADLINE_NEVER);
    sched_unhold(member->sched);
    if (opened)
        member_close(member);
    return NULL;
}

static void *member_thread(void *arg)
{
    struct member *member = arg;
    struct sched_options options = sched_options_for(member->crew->job->options);
    member->sched = sched_new(&options);
    if (!member->sched || !task_spawn(NULL, member_task, member)) {
        member->start_error = -ENOMEM;
        sched_post(member->crew->main_sched, &member->started);
    }
    if (member->sched)
        sched_run(member->sched);
    sched_free(member->sched);
    return NULL;
}

/* Starts the other members' threads and waits until each is open or has failed. */
static int crew_start_threads(struct crew *crew)
{
    int error = 0;
    unsigned started = 1;
    for (; started < crew->count && !error; started++) {
        struct member *member = &crew->members[started];
        crew->starting++;
        error = -pthread_create(&member->thread, NULL, member_thread, member);
        if (error)
            crew->starting--;
    }
    if (error) {
        crew->count = started - 1;
        fprintf(stderr, "fetch: cannot start a thread: %s\n", strerror(-error));
    }
    task_shield(DEADLINE_NEVER); /* who is interrupted by now waits for them, too */
    while (crew->starting > 0) {
        event_clear(&crew->landed);
        event_wait(&crew->landed, DEADLINE_NEVER);
    }
    task_unshield();
    for (unsigned i = 1; i < crew->count && !error; i++)
        error = crew->members[i].start_error;
    return error;
}

int crew_open(struct crew **out, struct job *job, struct slots *slots)
{
    unsigned count = job->options->threads;
    struct crew *crew = calloc(1, sizeof *crew + count * sizeof crew->members[0]);
    if (!crew)
        return -ENOMEM;
    crew->job = job;
    crew->slots = slots;
    crew->main_sched = sched_self();
    crew->count = count;
    event_init(&crew->landed);
    for (unsigned i = 0; i < count; i++)
        crew->members[i] = (struct member){
            .crew = crew,
            .cancel.run = member_cancel,
            .dismiss.run = member_dismiss,
            .started.run = member_started,
        };
    /* Members post to us from other threads as long as the crew lives. */
    sched_hold(crew->main_sched);
    crew->members[0].sched = crew->main_sched;
    int error = member_open(&crew->members[0]);
    crew->members[0].start_error = error;
    if (!error)
        error = crew_start_threads(crew);
    if (error) {
        crew_close(crew);
        crew = NULL;
    }
    *out = crew;
    return error;
}

/* Do all entries of a host go to one member? With a single connection each the members would open
 * more of them than they reuse, and a cookie that one is given the others do not send. A bulk list,
 * which has no bound of its own for a host, is spread in any case. */
static bool crew_binds_hosts(const struct crew *crew)
{
    const struct get_options *options = crew->job->options;
    if (options->per_host >= options->jobs)
        return false;
    return options->per_host / crew->count < 2 || options->transfer.keep_cookies;
}

void crew_burden_main(struct crew *crew)
{
    crew->main_burdened = true;
}

static unsigned member_load(const struct crew *crew, const struct member *member)
{
    bool burdened = crew->main_burdened && member == &crew->members[0];
    return member->flying * (burdened ? 3 : 1);
}

static struct member *crew_choose(struct crew *crew, const struct entry *entry)
{
    if (crew_binds_hosts(crew)) {
        unsigned hash = 2166136261U; /* FNV-1a */
        for (const char *c = entry->url.host_key; *c; c++)
            hash = (hash ^ (unsigned char)*c) * 16777619U;
        return &crew->members[hash % crew->count];
    }
    struct member *least = &crew->members[0];
    for (unsigned i = 1; i < crew->count; i++)
        if (member_load(crew, &crew->members[i]) < member_load(crew, least))
            least = &crew->members[i];
    return least;
}

void crew_start(struct crew *crew, struct entry *entry)
{
    struct member *member = crew_choose(crew, entry);
    struct flight *flight = calloc(1, sizeof *flight);
    if (!flight) {
        struct outcome outcome = {.machine_error = -ENOMEM};
        outcome_fail(&outcome, "%s", strerror(ENOMEM));
        if (entry->leased)
            hosts_leave(crew->job->hosts, entry_gate(entry));
        slots_release(crew->slots);
        job_settle(crew->job, entry, &outcome);
        return;
    }
    *flight = (struct flight){.member = member, .entry = entry, .message.run = flight_out};
    member->flying++;
    crew->flying++;
    report_started(crew->job->report, entry, &flight->meter);
    report_flight(crew->job->report, crew->flying);
    if (member->sched == crew->main_sched)
        flight_take_off(flight);
    else
        sched_post(member->sched, &flight->message);
}

void crew_foresee(struct crew *crew, const struct entry *entry)
{
    /* Each member asks for itself, and who will fly this is not known yet where there are several.
     */
    if (crew->count == 1)
        client_foresee(crew->members[0].worker.client, &entry->url);
}

void crew_cancel(struct crew *crew)
{
    if (crew->canceled)
        return;
    crew->canceled = true;
    group_cancel(&crew->members[0].flights);
    for (unsigned i = 1; i < crew->count; i++)
        sched_post(crew->members[i].sched, &crew->members[i].cancel);
}

int crew_wait(struct crew *crew)
{
    int error = 0;
    while (crew->flying > 0 && !error) {
        event_clear(&crew->landed);
        error = event_wait(&crew->landed, DEADLINE_NEVER);
    }
    return error;
}

void crew_close(struct crew *crew)
{
    assert(crew->flying == 0);
    for (unsigned i = 1; i < crew->count; i++) {
        struct member *member = &crew->members[i];
        /* A member that could not start has left by itself. */
        if (member->start_error == 0)
            sched_post(member->sched, &member->dismiss);
        pthread_join(member->thread, NULL);
    }
    if (crew->members[0].start_error == 0)
        member_close(&crew->members[0]);
    sched_unhold(crew->main_sched);
    free(crew);
}
