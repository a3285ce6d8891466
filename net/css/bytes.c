#include "net/css/bytes.h"

enum {
    CONTROL = BYTE_STOP_URL,
    NEWLINE = BYTE_STOP_URL | BYTE_BLANK | BYTE_NEWLINE | BYTE_STOP_STRING,
    QUOTE = BYTE_STOP | BYTE_STOP_STRING | BYTE_STOP_URL,
};

const unsigned char byte_classes[256] = {
    [0x00] = BYTE_NAME, /* stands for U+FFFD */
    [0x01 ... 0x08] = CONTROL,
    ['\t'] = CONTROL | BYTE_BLANK,
    ['\n'] = NEWLINE,
    [0x0b] = CONTROL,
    ['\f'] = NEWLINE,
    ['\r'] = NEWLINE,
    [0x0e ... 0x1f] = CONTROL,
    [' '] = CONTROL | BYTE_BLANK,
    ['"'] = QUOTE,
    ['\''] = QUOTE,
    ['('] = BYTE_STOP | BYTE_STOP_URL,
    [')'] = BYTE_STOP_RULE | BYTE_STOP_URL,
    ['-'] = BYTE_NAME,
    ['/'] = BYTE_STOP,
    ['0' ... '9'] = BYTE_NAME | BYTE_HEX,
    [';'] = BYTE_STOP_RULE,
    ['<'] = BYTE_STOP,
    ['@'] = BYTE_STOP,
    ['A' ... 'F'] = BYTE_NAME | BYTE_HEX,
    ['G' ... 'Z'] = BYTE_NAME,
    ['['] = BYTE_STOP_RULE,
    ['\\'] = QUOTE,
    [']'] = BYTE_STOP_RULE,
    ['_'] = BYTE_NAME,
    ['a' ... 'f'] = BYTE_NAME | BYTE_HEX,
    ['g' ... 'z'] = BYTE_NAME,
    ['{'] = BYTE_STOP_RULE,
    ['}'] = BYTE_STOP_RULE,
    [0x7f] = CONTROL,
    [0x80 ... 0xff] = BYTE_NAME,
};
