"""The rig of T6: two days in a second, and a provider whose states are a script."""
