"""The letter: a draft laid out by a standard, in a language, with its table of medicines."""
