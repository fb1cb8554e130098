"""Stop 5, checks: one file per question asked of notes and drafts; `all.py` is the ordered list."""
