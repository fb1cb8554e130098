"""The second face on the same core: the command `epicrisis`."""
