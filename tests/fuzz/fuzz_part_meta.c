/* What lies beside a part: another program may have written it. */
#include "cmd/get/resume.h"
#include "tests/fuzz/fuzz.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct resume *resume = resume_parse((const char *)data, size);
    if (!resume)
        return 0;
    MUST(*resume->url && *resume_validator(resume) && resume->total >= -1);
    char *text = resume_text(resume);
    struct resume *again = text ? resume_parse(text, strlen(text)) : NULL;
    MUST(!text || again);
    MUST(!again || (strcmp(again->url, resume->url) == 0 && again->total == resume->total));
    resume_free(again);
    free(text);
    resume_free(resume);
    return 0;
}
