"""Stop 7, export: a draft as text or JSON, written safely."""
