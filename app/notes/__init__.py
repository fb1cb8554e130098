"""Stop 1, paste: what the doctor pasted, cleaned and divided, every part with its place in the text."""
