"""The version, where both the build and the client can read it without a circle."""

__version__ = "0.1.0"
