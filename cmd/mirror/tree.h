/* tree.h - the files of a mirror while it is fetched: which URL has which (copies.h), and what this
 * run has found of it.
 *
 * The names that were given before come from the journal when the run begins; a new one is given
 * when a URL's answer has said of what type it is (names.h).
 *
 * Ownership: tree_new() to tree_free(). Thread: any, but for what says otherwise; one mutex, never
 * held while anybody waits. Nothing here parks; tree_new() blocks on the disk.
 */
#ifndef CMD_MIRROR_TREE_H
#define CMD_MIRROR_TREE_H

#include "cmd/get/namer.h"
#include "cmd/journal/journal.h"
#include "cmd/mirror/copies.h"

struct tree;

/* `journal`: a reader's; NULL: nothing was given before. 0 or -errno. */
int tree_new(struct tree **tree, const struct names_layout *layout, struct journal *journal);
void tree_free(struct tree *tree); /* NULL is fine */

/* Names files as their answers ask: the job's. */
struct namer *tree_namer(struct tree *tree);

/* The name that a URL is asked for under until its answer has come: the one it had, or the plain
 * one. NULL when memory runs out. */
char *tree_expect(struct tree *tree, const struct url *url);

/* URLs are without credentials from here on. This run has met the URL, and it has its file;
 * `fresh`: which was written just now. */
void tree_meet(struct tree *tree, const char *url, bool fresh);
bool tree_is_fresh(struct tree *tree, const char *url);

/* It is linked to, and was left alone of our own accord: a file that it has is no reason to take it
 * for unmet. */
void tree_spare(struct tree *tree, const char *url);

/* It cannot be had now: a file that it has stays, a name alone does not. */
void tree_fail(struct tree *tree, const char *url);

/* It has moved: who links to it means the other. 0 or -ENOMEM. */
int tree_redirect(struct tree *tree, const char *url, const char *target);

/* Where it has moved: *target is a new string, NULL: it has not. 0 or -ENOMEM. */
int tree_target(struct tree *tree, const char *url, char **target);

/* It is not fetched, because `target` shows the same: links to it mean that. 0 or -ENOMEM. */
int tree_replace(struct tree *tree, const char *url, const char *target);

/* Calls seen(ctx, url, name) for each file of earlier runs that this one has not met, until it
 * returns an error. 1: it has removed the file, which is forgotten; 0: it stays. 0, -ENOMEM, or
 * what it returned. One thread. */
int tree_each_unmet(struct tree *tree, int (*seen)(void *ctx, const char *url, const char *name),
                    void *ctx);

/* Is another file there, or are files called otherwise, than when the run began? */
bool tree_has_changed(const struct tree *tree);

/* For converting: one thread, and nobody names files meanwhile. */
struct copies *tree_copies(struct tree *tree);

#endif
