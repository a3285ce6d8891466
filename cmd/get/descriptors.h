/* descriptors.h - as many open files as --jobs needs, or as many jobs as open files allow.
 *
 * Thread: main, before anything is opened. Nothing here parks.
 */
#ifndef CMD_GET_DESCRIPTORS_H
#define CMD_GET_DESCRIPTORS_H

#include "cmd/get/options.h"

/* Raises the limit of open files to what --jobs needs, or lowers --jobs to what it allows and says
 * so. */
void descriptors_fit(struct get_options *options);

#endif
