"""What the drills are made of: raw peers, their certificates, both clients, and the cases."""
