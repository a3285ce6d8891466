/* switch_values.c - explicit switching: two coroutines hand the thread to each other.
 *
 * Follow the numbers. Each is sent by the one who switches and printed by the one who is switched
 * to: main sends 12 to first(), first() sends 56 to second(), second() sends 34 back. Then first()
 * returns, which ends the chain in main. Nobody ever switches back to second(), so its last line
 * never runs.
 */
#include "engine/co/co.h"
#include "must.h"
#include <stdint.h>

static struct co *first_co;
static struct co *second_co;

/* Small numbers travel in the pointer itself. */
static void *number(int n)
{
    return (void *)(intptr_t)n;
}

static void print_number(void *value)
{
    printf("%d\n", (int)(intptr_t)value);
}

static void *first(void *value)
{
    print_number(value);
    value = co_switch(second_co, number(56));
    print_number(value);
    return NULL;
}

static void *second(void *value)
{
    print_number(value);
    value = co_switch(first_co, number(34));
    print_number(value); /* never */
    return NULL;
}

int main(void)
{
    first_co = must_have(co_new(first, 0), "co_new");
    second_co = must_have(co_new(second, 0), "co_new");
    co_resume(first_co, number(12));
    co_free(first_co);
    co_free(second_co); /* still suspended */
    return 0;
}
