"""Network files: a description, with or without weights."""
