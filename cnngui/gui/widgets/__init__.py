"""Parts that every wing uses."""
