"""How one output number comes about: pure functions over descriptions and arrays."""
