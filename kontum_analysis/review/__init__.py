"""Do it again and say what differs: reproduce, verify, notebooks."""
