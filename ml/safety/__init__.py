"""Korean diary text → whether it may speak of the writer's own wish to die, of suicide, or of self-harm."""
