#!/usr/bin/env python3
"""Writes charref_table.inc: the named character references of HTML, as Python knows them.

    net/html/charref_table.py >net/html/charref_table.inc
"""
from html.entities import html5

COLUMNS = 100


def literal(text):
    escaped = ''.join(chr(b) if b < 128 and chr(b).isalnum() or b == ord(';') else f'\\{b:03o}'
                      for b in text.encode())
    return f'"{escaped}"'


def main():
    print('/* Made by charref_table.py. In the order of the names\' bytes. */')
    line = ''
    for name in sorted(html5, key=str.encode):
        entry = f'{{{literal(name)}, {literal(html5[name])}}},'
        if len(line) + 1 + len(entry) > COLUMNS:
            print(line)
            line = ''
        line += (' ' if line else '') + entry
    print(line)


main()
