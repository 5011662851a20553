"""Try to join what is one reader's: `python -m tests.attack.privacy [--days 30 --readers 2000 --seed 1]`.

Exit 0 if nothing but the clock is better than chance.
"""

import argparse
import sys

from tests.attack.privacy import clock
from tests.attack.privacy.attempt import PLANTED, attempt, table


def main() -> None:
    """Simulate, try, and print how often each way was right."""
    parser = argparse.ArgumentParser(prog="python -m tests.attack.privacy")
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--readers", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plant", choices=PLANTED, help="a fault of before, which must be found")
    parser.add_argument("--clock", action="store_true", help="tell how much the clock alone joins")
    asked = parser.parse_args()
    if asked.clock:
        sys.stdout.write(clock.table(asked.seed))
        return
    found = attempt(asked.days, asked.readers, asked.seed, asked.plant)
    sys.stdout.write(table(found))
    sys.exit(1 if found.better else 0)


if __name__ == "__main__":
    main()
