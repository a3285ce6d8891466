/* export.h - which symbols libengine shows.
 *
 * The library is built with hidden visibility; what carries ENGINE_API is its interface. A program
 * that links the static library sees the same headers and needs nothing else.
 */
#ifndef ENGINE_EXPORT_H
#define ENGINE_EXPORT_H

#ifdef __cplusplus
#define ENGINE_API extern "C" __attribute__((visibility("default")))
#else
#define ENGINE_API __attribute__((visibility("default")))
#endif

#endif
