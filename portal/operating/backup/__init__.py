"""One moment of the portal in a folder: its database, its files, and a manifest that checks both.

A backup is made under a name that begins with a dot and gets its own when everything in it is on
the disk: a folder with a name like portal-20210326T080000 is whole. What is said of the database
(rows, hashes, the end of the ledger) is read from the same snapshot as the database itself.

Not in it, because whoever finds a backup must not be able to act as the portal or as an officer:
the settings of `.env`, the keys that a demonstration keeps in DATA_DIR, and who is signed in.
"""
