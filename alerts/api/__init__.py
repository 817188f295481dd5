"""The read API: the objects of open data by address, filter and cursor, and what changed since.

It says what the files of open data say, under the same names: its models are built from the same
columns (`schemas`). Everything is read; what becomes public is decided elsewhere.
"""
