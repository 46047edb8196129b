"""`make chaos`: senders, PostgreSQL and channels are killed, stopped and cut off; every alert is accounted for."""
