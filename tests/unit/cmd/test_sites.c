/* sites.h, tally.h, tree.h: what a crawl knows of sites, of links not followed and of its files. */
#include "cmd/crawl/sites.h"
#include "cmd/crawl/tally.h"
#include "cmd/mirror/tree.h"
#include "cmd/mirror/types.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct site *find(struct sites *sites, const char *text, struct url *url)
{
    const char *why;
    assert_int_equal(url_parse(url, text, strlen(text), &why), 0);
    struct site *site = sites_find(sites, url);
    assert_non_null(site);
    return site;
}

/* May it be fetched after that answer? */
static bool permits(int status, const char *text, const char *why)
{
    struct url url;
    struct sites *sites = sites_new("fetch");
    struct site *site = find(sites, "http://h.test/private/a?b", &url);
    assert_int_equal(site->state, SITE_NEW);
    assert_int_equal(sites_tell(sites, site, status, text, strlen(text), why), 0);
    assert_int_equal(site->state, SITE_KNOWN);
    bool permitted = site_permits(site, &url);
    assert_true(permitted || site->robots || site->closed);
    url_clear(&url);
    sites_free(sites);
    return permitted;
}

static void test_answers(void **state)
{
    (void)state;
    static const char rules[] = "User-agent: *\nDisallow: /private/\n";
    assert_true(permits(200, "", NULL));
    assert_false(permits(200, rules, NULL));
    assert_true(permits(200, "User-agent: *\nDisallow: /public/\n", NULL));
    assert_true(permits(404, rules, NULL));
    assert_true(permits(403, "", "HTTP 403"));
    assert_false(permits(429, "", NULL));
    assert_false(permits(503, "", "HTTP 503"));
    assert_false(permits(0, "", "timeout"));
    assert_false(permits(200, "", "it broke off"));
}

static void test_sites_are_origins(void **state)
{
    (void)state;
    struct url urls[4];
    struct sites *sites = sites_new("fetch");
    struct site *site = find(sites, "http://h.test/a", &urls[0]);
    assert_ptr_equal(site, find(sites, "http://me:secret@h.test:80/b", &urls[1]));
    assert_ptr_not_equal(site, find(sites, "https://h.test/a", &urls[2]));
    assert_ptr_not_equal(site, find(sites, "http://h.test:81/a", &urls[3]));
    assert_null(strstr(site->key, "secret"));
    assert_int_equal(site_delay(site), 0);
    for (int i = 0; i < 4; i++)
        url_clear(&urls[i]);
    sites_free(sites);
    sites_free(NULL);
}

static void test_tally(void **state)
{
    (void)state;
    struct tally tally = {0};
    assert_null(tally_text(&tally));
    tally.refused[TALLY_OTHER_SCHEME] = 5; /* nobody wants to know */
    assert_null(tally_text(&tally));
    tally.refused[TALLY_ROBOTS] = 1;
    char *text = tally_text(&tally);
    assert_string_equal(text, "1 link not followed: 1 robots.txt");
    free(text);
    tally.refused[TALLY_REDIRECTS] = 2;
    text = tally_text(&tally);
    assert_string_equal(text, "3 links not followed: 1 robots.txt, 2 too many redirects");
    free(text);
    for (int i = SCOPE_ADMITTED; i < TALLY_REASONS; i++)
        assert_true(*tally_word(i));
}

static int refuse_all(void *ctx, const char *url, const char *name)
{
    (void)url;
    (void)name;
    return ++*(int *)ctx > 0 ? 0 : -EIO;
}

static void test_tree(void **state)
{
    (void)state;
    const struct names_layout layout = {0};
    struct tree *tree;
    int seen = 0;
    assert_int_equal(tree_new(&tree, &layout, NULL), 0);
    assert_int_equal(copies_add(tree_copies(tree), "http://h/a", "h/a.html"), 0);
    assert_false(tree_has_changed(tree));
    tree_meet(tree, "http://h/a", true);
    assert_true(tree_has_changed(tree));
    assert_true(tree_is_fresh(tree, "http://h/a"));
    assert_int_equal(tree_each_unmet(tree, refuse_all, &seen), 0);
    assert_int_equal(seen, 0);
    /* It moves: its file is nobody's, and stays if whoever looks at it wants that. */
    assert_int_equal(tree_redirect(tree, "http://h/a", "http://h/b"), 0);
    assert_int_equal(tree_each_unmet(tree, refuse_all, &seen), 0);
    assert_int_equal(seen, 1);
    tree_free(tree);
    tree_free(NULL);
}

static void test_names_that_lead_on(void **state)
{
    (void)state;
    assert_true(type_leads_on("h/a.html"));
    assert_true(type_leads_on("h/A.CSS"));
    assert_true(type_leads_on("h/feed.xml"));
    assert_false(type_leads_on("h/a.png"));
    assert_false(type_leads_on("h.html/a"));
    assert_false(type_leads_on("html"));
    assert_false(type_leads_on(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_sites_are_origins),
        cmocka_unit_test(test_tally),
        cmocka_unit_test(test_tree),
        cmocka_unit_test(test_names_that_lead_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
