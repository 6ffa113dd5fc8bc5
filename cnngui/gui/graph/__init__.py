"""The page of the whole network: all layers from left to right, and how they are joined."""
