#include "net/xfer/login.h"

#include <string.h>

static bool is_private_place(const struct url *url)
{
    return (strcmp(url->scheme, "https") == 0 && url->port == 443) ||
           (strcmp(url->scheme, "ftps") == 0 && url->port == 990);
}

/* Searches for the user that the URL names, unless it has the password too. */
static const struct netrc_login *find_for_user(const struct netrc *netrc, const struct url *url)
{
    char *user = NULL, *password = NULL;
    const struct netrc_login *login = NULL;
    if (curl_url_get(url->parsed, CURLUPART_PASSWORD, &password, 0) == CURLUE_OK && *password)
        goto out;
    if (curl_url_get(url->parsed, CURLUPART_USER, &user, CURLU_URLDECODE) == CURLUE_OK)
        login = netrc_find(netrc, url->host, user);
    curl_free(user);
out:
    curl_free(password);
    return login;
}

const struct netrc_login *login_choose(const struct transfer_options *options,
                                       const struct transfer_request *request)
{
    const struct url *url = request->url;
    if (!options->netrc || (options->user && request->send_credentials))
        return NULL;
    if (!request->send_credentials && !request->send_own_login) {
        const struct netrc_login *login =
            is_private_place(url) ? netrc_find(options->netrc, url->host, NULL) : NULL;
        return login && login->machine ? login : NULL;
    }
    if (url->has_credentials && options->netrc_optional)
        return find_for_user(options->netrc, url);
    return netrc_find(options->netrc, url->host, NULL);
}
