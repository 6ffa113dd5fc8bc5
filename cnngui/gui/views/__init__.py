"""Live views of the latest result: they paint what arrives, and say what is looked at."""
