"""How well the network tells the classes apart, and where it is wrong."""
