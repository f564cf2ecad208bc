"""The stores of webhooks under test, and the processes that work them in the drills T7 and T8."""
