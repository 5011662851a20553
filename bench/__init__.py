"""One file per claim: each prints its figure beside a peer's of the same run; nothing is asserted."""
