"""What the three services have in common: the contracts they speak and the plumbing of a process."""
