"""As whom this process speaks to Kafka: decided once, when its settings are read; every client is of it."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

Protocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"]


@dataclass(frozen=True, slots=True, repr=False)
class Identity:
    """A name and a password, and whether the connection is encrypted; without anything: nobody, in plain."""

    protocol: Protocol = "PLAINTEXT"
    mechanism: Mechanism = "SCRAM-SHA-512"
    username: str = ""
    password: str = ""
    ca_file: Path | None = None

    def arguments(self) -> dict[str, Any]:
        """Give what aiokafka wants to know of it; OSError if the file of the CA is not one."""
        given: dict[str, Any] = {"security_protocol": self.protocol}
        if self.protocol.endswith("SSL"):
            given["ssl_context"] = ssl.create_default_context(cafile=self.ca_file)
        if self.protocol.startswith("SASL"):
            given["sasl_mechanism"] = self.mechanism
            given["sasl_plain_username"], given["sasl_plain_password"] = self.username, self.password
        return given


NOBODY: Final = Identity()
_mine = NOBODY


def speak_as(identity: Identity) -> None:
    """Let every client that is made from now on be of this identity."""
    global _mine
    _mine = identity


def client(bootstrap_servers: str) -> dict[str, Any]:
    """Give what every client of Kafka begins with: where Kafka is, and who asks."""
    return {"bootstrap_servers": bootstrap_servers, **_mine.arguments()}
