"""`python3 dev prove`: real workers, Kafka and Redis, faults drawn from a seed, and every view counted once.

The load is what readers send, duplicates and nonsense included. The oracle reads the log again from its
beginning, knows nothing of rank's code, and compares every (article, bucket) with what lies in Redis.
"""
