"""Stop 6, history: every note, draft, version and signature in one encrypted file.

`keys` and `keyfile` guard the data key, `database` opens the file with it, `store` writes and reads plain
entries, `keeper` runs all of that in a process of its own so that locking means ending that process.
"""
