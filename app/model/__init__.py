"""Stop 3, model: chat messages in, text out, in a process of its own.

It knows no note, draft, history or window. Only `engine*.py` import torch and transformers.
"""
