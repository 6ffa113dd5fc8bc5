"""Networks that learn: losses, optimizers, schedules."""
