/* Sorting without recursion and without a worst case.
 *
 * Next: bench/qemu/bench/measure.c
 */
#include "bench/qemu/samples.h"

static uint64_t samples[SAMPLES_MAX];

void samples_put(uint32_t index, uint64_t ticks)
{
    samples[index] = ticks;
}

static void sift_down(uint32_t root, uint32_t count)
{
    uint64_t value = samples[root];
    for (uint32_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && samples[child + 1] > samples[child])
            child++;
        if (samples[child] <= value)
            break;
        samples[root] = samples[child];
    }
    samples[root] = value;
}

/* Heapsort (Knuth, The Art of Computer Programming, vol. 3, 5.2.3). */
static void samples_sort(uint32_t count)
{
    for (uint32_t i = count / 2; i-- > 0;)
        sift_down(i, count);
    for (uint32_t end = count; end-- > 1;) {
        uint64_t largest = samples[0];
        samples[0] = samples[end];
        samples[end] = largest;
        sift_down(0, end);
    }
}

struct samples_summary samples_summarise(uint32_t count)
{
    samples_sort(count);
    return (struct samples_summary){.minimum = samples[0], .median = samples[count / 2]};
}
