"""What the account remembers and does, without I/O: messages, phones, the address book."""
