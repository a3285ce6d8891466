#include "cmd/get/pauses.h"

void pauses_note(struct pauses *pauses, struct pause *pause, int64_t until)
{
    if (until > pause->until)
        pause->until = until;
    if (pause->noted || turn_heap_reserve(&pauses->ends, pauses->ends.count + 1))
        return;
    turn_heap_push(&pauses->ends, (uint64_t)pause->until, pause);
    pause->noted = true;
}

size_t pauses_count(struct pauses *pauses, int64_t now)
{
    struct turn_heap *ends = &pauses->ends;
    while (ends->count > 0 && (int64_t)ends->turns[0].key <= now) {
        struct pause *pause = turn_heap_pop(ends);
        pause->noted = pause->until > now;
        if (pause->noted)
            turn_heap_push(ends, (uint64_t)pause->until, pause);
    }
    return ends->count;
}

void pauses_clear(struct pauses *pauses)
{
    turn_heap_clear(&pauses->ends);
}
