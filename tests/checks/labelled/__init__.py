"""Invented notes with faithful paraphrases, mutators that plant errors in them, and a scorer.

`python -m tests.checks.labelled` prints the figures that stand in ARCHITECTURE.md. Notes and rules come from the same
hands, so the figures say that the rules do what they were written for, not how they fare on other people's notes.
"""
