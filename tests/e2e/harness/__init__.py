"""Servers and the program under test, for end-to-end tests. README.md tells how to use it."""
