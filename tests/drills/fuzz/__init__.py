"""What drill T9 writes for the parsers."""
