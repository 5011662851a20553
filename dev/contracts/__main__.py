"""`python -m dev.contracts`: write `contracts/` anew."""

from dev.contracts.documents import write

write()
