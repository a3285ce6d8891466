/* engine.h - all of libengine: straight-line code that yields.
 *
 * Coroutines (co/), a scheduler with tasks and groups (sched/), events, queues and semaphores
 * (sync/), sockets (io/) and a thread pool for what blocks (offload/). Each header is its own
 * contract; examples/ shows them one idea at a time.
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "engine/co/co.h"
#include "engine/deadline.h"
#include "engine/io/io.h"
#include "engine/io/watch.h"
#include "engine/offload/offload.h"
#include "engine/sched/blocking.h"
#include "engine/sched/group.h"
#include "engine/sched/sched.h"
#include "engine/sched/task.h"
#include "engine/sched/wait.h"
#include "engine/sched/waker.h"
#include "engine/sync/event.h"
#include "engine/sync/queue.h"
#include "engine/sync/semaphore.h"

#endif
