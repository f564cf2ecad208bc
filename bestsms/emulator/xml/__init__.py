"""XML as the emulator reads and writes it."""
