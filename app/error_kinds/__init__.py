"""The errors by where they arise. `app/errors.py` draws the tree and is the only door: import from there."""
