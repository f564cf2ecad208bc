"""The BestSMS API over HTTP: requests read, calls made, answers spelled as each version does."""
