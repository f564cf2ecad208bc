"""A campaign that is killed and run again; see ``test_t16_campaign_killed.py``."""
