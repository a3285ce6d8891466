/* What lies beside a part: another program may have written it. */
#include "cmd/get/pieces.h"
#include "cmd/get/resume.h"
#include "tests/fuzz/fuzz.h"
#include <stdlib.h>
#include <string.h>

/* What is there, in whole, as it is written again. */
static void check_pieces(const struct resume *resume)
{
    struct pieces pieces;
    if (!resume->have || pieces_parse(&pieces, resume->total, resume->have, strlen(resume->have)))
        return;
    char *text = pieces_text(&pieces);
    MUST(!text || strtoll(text, NULL, 10) == strtoll(resume->have, NULL, 10));
    MUST(pieces_extent(&pieces) <= resume->total && pieces_missing(&pieces) >= 0);
    free(text);
    pieces_clear(&pieces);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct resume *resume = resume_parse((const char *)data, size);
    if (!resume)
        return 0;
    MUST(*resume->url && *resume_validator(resume) && resume->total >= -1);
    check_pieces(resume);
    char *text = resume_text(resume);
    struct resume *again = text ? resume_parse(text, strlen(text)) : NULL;
    MUST(!text || again);
    MUST(!again || (strcmp(again->url, resume->url) == 0 && again->total == resume->total));
    resume_free(again);
    free(text);
    resume_free(resume);
    return 0;
}
