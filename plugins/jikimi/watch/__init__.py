"""The monitors: each reads a window, keeps what it measured, and says what is wrong."""
