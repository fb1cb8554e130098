"""Stop 4, draft: what the model wrote, in sections, each with the part of the notes it was written from."""
