#include "net/xfer/cookies.h"
#include "net/xfer/easy.h"
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Both only where memory runs out. */
static CURLcode store_open(struct cookie_store *store)
{
    store->share = curl_share_init();
    store->keeper = curl_easy_init();
    if (!store->share || !store->keeper)
        return CURLE_OUT_OF_MEMORY;
    CURLSHcode shared = curl_share_setopt(store->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE);
    if (shared == CURLSHE_OK)
        return CURLE_OK;
    return shared == CURLSHE_NOMEM ? CURLE_OUT_OF_MEMORY : CURLE_NOT_BUILT_IN;
}

static CURLcode store_read(struct cookie_store *store, const char *const *files)
{
    CURL *handle = store->keeper;
    CURLcode code = CURLE_OK;

    SET(CURLOPT_SHARE, store->share);
    for (; files && *files; files++)
        SET(CURLOPT_COOKIEFILE, *files);
    SET(CURLOPT_COOKIELIST, "RELOAD");
    return code;
}

int cookie_store_init(struct cookie_store *store, const struct transfer_options *options,
                      const char **why)
{
    *store = (struct cookie_store){0};
    if (!options->keep_cookies)
        return 0;
    CURLcode code = store_open(store);
    if (code == CURLE_OK)
        code = store_read(store, options->cookie_files);
    if (code == CURLE_OK)
        return 0;
    *why = "this libcurl keeps no cookies";
    cookie_store_free(store);
    return code == CURLE_OUT_OF_MEMORY ? -ENOMEM : -EINVAL;
}

void cookie_store_free(struct cookie_store *store)
{
    curl_easy_cleanup(store->keeper);
    /* Fails only while a handle uses it. */
    (void)curl_share_cleanup(store->share);
    *store = (struct cookie_store){0};
}

/* Field 5 of 7; 0 for the length of a session. libcurl throws a cookie away only when it looks for
 * one the next time. */
static bool has_expired(const char *line, time_t now)
{
    for (int tabs = 0; tabs < 4 && line; tabs++) {
        line = strchr(line, '\t');
        line += line != NULL;
    }
    long long expires = line ? strtoll(line, NULL, 10) : 0;
    return expires != 0 && expires <= (long long)now;
}

struct curl_slist *cookie_store_lines(const struct cookie_store *store)
{
    struct curl_slist *lines = NULL;
    if (!store->keeper || curl_easy_getinfo(store->keeper, CURLINFO_COOKIELIST, &lines) != CURLE_OK)
        return NULL;
    time_t now = time(NULL);
    for (struct curl_slist **link = &lines, *line; (line = *link);) {
        if (!has_expired(line->data, now)) {
            link = &line->next;
            continue;
        }
        *link = line->next;
        line->next = NULL;
        curl_slist_free_all(line);
    }
    return lines;
}
