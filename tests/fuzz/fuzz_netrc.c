/* A netrc file. */
#include "net/http/netrc.h"
#include "tests/fuzz/fuzz.h"
#include <errno.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct netrc *netrc;
    int error = netrc_parse(&netrc, (const char *)data, size);
    MUST(error == 0 || error == -EINVAL);
    MUST(!error == (netrc != NULL));
    if (error)
        return 0;
    const struct netrc_login *login = netrc_find(netrc, "a.test", NULL);
    if (login) {
        MUST(!login->machine || strlen(login->machine) <= size);
        MUST(!login->user || netrc_find(netrc, "a.test", login->user) != NULL);
        MUST(!login->password || strlen(login->password) <= size);
    }
    netrc_free(netrc);
    return 0;
}
