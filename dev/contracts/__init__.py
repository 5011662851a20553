"""What Remen promises to others, written out from its models: the folder `contracts/`."""
