"""From the outbox to the channels: claim, choose a way, write the message, send it, write down what came of it."""
