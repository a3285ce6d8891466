/* generator.c - coroutines as generators: values out, and values in.
 *
 * Look at fibonacci(): a loop that hands out one number at a time, for as long as somebody asks.
 * Its local variables stay alive between two numbers, because its stack does. Then look at
 * average(): the same thing the other way round, driven by the values that are sent into it. No
 * scheduler here: a coroutine runs exactly when somebody resumes it.
 */
#include "engine/co/co.h"
#include "must.h"

static void *fibonacci(void *in)
{
    (void)in;
    unsigned long a = 0;
    unsigned long b = 1;
    while (b >= a) {
        co_yield (&a);
        unsigned long next = a + b;
        a = b;
        b = next;
    }
    return NULL; /* the next would not fit its type */
}

/* Takes numbers until it is sent NULL; yields their average so far. */
static void *average(void *in)
{
    double sum = 0;
    double result = 0;
    unsigned count = 0;
    while (in) {
        sum += *(const double *)in;
        result = sum / ++count;
        in = co_yield (&result);
    }
    printf("average: nothing more comes, %u numbers seen\n", count);
    return NULL;
}

static void print_fibonacci(void)
{
    struct co *numbers = must_have(co_new(fibonacci, 0), "co_new");
    printf("fibonacci:");
    for (int i = 0; i < 15; i++)
        printf(" %lu", *(unsigned long *)co_resume(numbers, NULL));
    printf("\n");
    co_free(numbers); /* in the middle of its loop: that is fine */
}

static void print_averages(void)
{
    double samples[] = {10, 20, 60, 30};
    struct co *consumer = must_have(co_new(average, 0), "co_new");
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        double *so_far = co_resume(consumer, &samples[i]);
        printf("sent %g, average %g\n", samples[i], *so_far);
    }
    co_resume(consumer, NULL);
    printf("average has returned: %s\n", co_done(consumer) ? "yes" : "no");
    co_free(consumer);
}

int main(void)
{
    print_fibonacci();
    print_averages();
    return 0;
}
