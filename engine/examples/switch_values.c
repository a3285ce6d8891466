/* switch_values.c - explicit switching: two coroutines hand the thread to each other.
 *
 * Follow the numbers. Each is sent by the one who switches and printed by the one who is switched
 * to: main sends 12 to first(), first() sends 56 to second(), second() sends 34 back. Then first()
 * returns, which ends the chain in main. Nobody ever switches back to second(), so its last line
 * never runs.
 */
#include "engine/co/co.h"
#include "must.h"

static struct co *first_co;
static struct co *second_co;

/* A coroutine is resumed with a pointer; these are what it points to. */
static int numbers[] = {12, 56, 34};

static void print_number(void *value)
{
    printf("%d\n", *(int *)value);
}

static void *first(void *value)
{
    print_number(value);
    value = co_switch(second_co, &numbers[1]);
    print_number(value);
    return NULL;
}

static void *second(void *value)
{
    print_number(value);
    value = co_switch(first_co, &numbers[2]);
    print_number(value); /* never */
    return NULL;
}

int main(void)
{
    first_co = must_have(co_new(first, 0), "co_new");
    second_co = must_have(co_new(second, 0), "co_new");
    co_resume(first_co, &numbers[0]);
    co_free(first_co);
    co_free(second_co); /* still suspended */
    return 0;
}
