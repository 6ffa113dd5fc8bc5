"""Learning from labelled pictures: what is asked for, what is done, and what is kept of it."""
