"""Threads and mailboxes between sources, the engine and whoever looks. No Qt."""
