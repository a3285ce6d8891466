/* list.h - intrusive doubly linked list: the node is a member of what is listed, so that linking
 * never allocates and never fails.
 *
 * Ownership: a list owns nothing. A node is on at most one list; list_remove() leaves it unlinked,
 * and removing an unlinked node is harmless. Thread: whoever owns the list. Nothing here parks.
 */
#ifndef ENGINE_LIST_H
#define ENGINE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list_node {
    struct list_node *prev;
    struct list_node *next; /* NULL: not on any list */
};

struct list {
    struct list_node head; /* circular: head.next is the first, head.prev the last */
};

/* The struct that contains `node` as its member `member`. */
#define list_entry(node, type, member) ((type *)(void *)((char *)(node)-offsetof(type, member)))

static inline void list_init(struct list *list)
{
    list->head.prev = &list->head;
    list->head.next = &list->head;
}

static inline void list_node_init(struct list_node *node)
{
    node->prev = NULL;
    node->next = NULL;
}

static inline bool list_empty(const struct list *list)
{
    return list->head.next == &list->head;
}

static inline bool list_linked(const struct list_node *node)
{
    return node->next != NULL;
}

/* Links `node` before `place`; the list head as place means: at the end. */
static inline void list_insert_before(struct list_node *place, struct list_node *node)
{
    node->prev = place->prev;
    node->next = place;
    place->prev->next = node;
    place->prev = node;
}

static inline void list_push_back(struct list *list, struct list_node *node)
{
    list_insert_before(&list->head, node);
}

static inline void list_push_front(struct list *list, struct list_node *node)
{
    list_insert_before(list->head.next, node);
}

static inline void list_remove(struct list_node *node)
{
    if (!node->next)
        return;
    node->prev->next = node->next;
    node->next->prev = node->prev;
    list_node_init(node);
}

/* First node, or NULL when the list is empty. */
static inline struct list_node *list_first(const struct list *list)
{
    return list_empty(list) ? NULL : list->head.next;
}

/* The node after `node`, or NULL at the end. */
static inline struct list_node *list_next(const struct list *list, const struct list_node *node)
{
    return node->next == &list->head ? NULL : node->next;
}

/* Unlinks and returns the first node, or NULL when the list is empty. */
static inline struct list_node *list_pop_front(struct list *list)
{
    struct list_node *node = list_first(list);
    if (node) {
        list->head.next = node->next;
        node->next->prev = &list->head;
        list_node_init(node);
    }
    return node;
}

/* Moves all nodes to `to`, whatever that was before; `from` is empty then. */
static inline void list_move(struct list *to, struct list *from)
{
    list_init(to);
    if (list_empty(from))
        return;
    to->head = from->head;
    to->head.next->prev = &to->head;
    to->head.prev->next = &to->head;
    list_init(from);
}

#endif
