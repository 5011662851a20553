"""Makes Kafka's users and gives them their rights; who connects on loopback is the broker's super user."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from confluent_kafka.admin import (  # type: ignore[attr-defined]  # it has no __all__
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialAlteration,
    UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)

from ops.setup.rights import RIGHTS, Right, of_publisher

_DEADLINE_S: Final = 30.0
_STRENGTH: Final = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096)


def let_in(bootstrap: str, passwords: Mapping[str, str]) -> None:
    """Let these users in with these passwords and what they may do, no more; KafkaException."""
    admin = AdminClient({"bootstrap.servers": bootstrap})
    users: list[UserScramCredentialAlteration] = [
        UserScramCredentialUpsertion(user, _STRENGTH, word.encode()) for user, word in passwords.items()
    ]
    for done in admin.alter_user_scram_credentials(users, request_timeout=_DEADLINE_S).values():
        done.result(_DEADLINE_S)
    for user in passwords:
        _allow(admin, user, RIGHTS.get(user) or of_publisher(user))


def shut_out(bootstrap: str, user: str) -> None:
    """Forget a user and its rights; KafkaException, also if there is no such user."""
    admin = AdminClient({"bootstrap.servers": bootstrap})
    _allow(admin, user, ())
    gone: list[UserScramCredentialAlteration] = [
        UserScramCredentialDeletion(user, ScramMechanism.SCRAM_SHA_512)
    ]
    for done in admin.alter_user_scram_credentials(gone, request_timeout=_DEADLINE_S).values():
        done.result(_DEADLINE_S)


def _allow(admin: AdminClient, user: str, rights: Iterable[Right]) -> None:
    wanted = {_binding(user, right) for right in rights}
    every = _filter(f"User:{user}", ResourceType.ANY, None, ResourcePatternType.ANY, AclOperation.ANY)
    found = set(admin.describe_acls(every, request_timeout=_DEADLINE_S).result(_DEADLINE_S))
    if new := list(wanted - found):
        for done in admin.create_acls(new, request_timeout=_DEADLINE_S).values():
            done.result(_DEADLINE_S)
    if old := [
        _filter(acl.principal, acl.restype, acl.name, acl.resource_pattern_type, acl.operation)
        for acl in found - wanted
    ]:
        for done in admin.delete_acls(old, request_timeout=_DEADLINE_S).values():
            done.result(_DEADLINE_S)


def _binding(user: str, right: Right) -> AclBinding:
    return AclBinding(
        ResourceType[right.kind],
        right.name,
        ResourcePatternType.PREFIXED if right.prefixed else ResourcePatternType.LITERAL,
        f"User:{user}",
        "*",
        AclOperation[right.operation],
        AclPermissionType.ALLOW,
    )


def _filter(
    principal: str,
    kind: ResourceType,
    name: str | None,
    pattern: ResourcePatternType,
    operation: AclOperation,
) -> AclBindingFilter:
    # None is any name and any host, whatever the stubs say
    words: Any = (kind, name, pattern, principal, None, operation, AclPermissionType.ANY)
    return AclBindingFilter(*words)
