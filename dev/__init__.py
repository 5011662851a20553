"""Remen on one machine: a real Kafka and Redis without Docker, the services, a demo newsroom, the tests.

Everything that `python3 dev …` itself runs uses the standard library only; what it needs beyond that it
installs into `.venv` and starts from there.
"""
