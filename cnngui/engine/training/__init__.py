"""Networks that learn: forward with memory, backward, losses, optimizers."""
