"""The scenes that a picture can show, each a function of its own randomness and a palette."""
