"""Webhooks: their layouts, and the posting with its retries."""
