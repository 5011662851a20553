"""Kafka: one broker that is its own controller, in a small JVM, quick to start and to notice failures."""

import base64
import hashlib
import os
from pathlib import Path
from typing import Final

from dev import ask, jars, java
from dev.child import Program
from dev.console import timed
from dev.environment import PYTHON, run

_PROPERTIES: Final = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=CLIENT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=CLIENT://127.0.0.1:{port}
listener.security.protocol.map=CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=CLIENT
controller.listener.names=CONTROLLER
log.dirs={folder}/log
# Topics are declared by the services, never by a spelling mistake.
auto.create.topics.enable=false
# One broker cannot keep three copies.
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
# A worker that joins gets its partitions at once; a dead one is noticed as soon as it asked for.
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
# A broker killed and started again is back after 3 s instead of 12.
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
num.network.threads=2
num.io.threads=4
background.threads=2
log.cleaner.dedupe.buffer.size=8388608
log.cleaner.backoff.ms=1000
"""
_JVM: Final = [
    "-Xms64m",
    "-Xmx256m",
    "-Xss512k",
    "-XX:MaxDirectMemorySize=64m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Djava.awt.headless=true",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
]
# What Java 24 and later would warn about at every start.
_JVM_24: Final = ["--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED"]


def fetch() -> None:
    """Have every jar in the user's cache. Needs the environment's part `broker`."""
    if not jars.missing():
        return
    with jars.alone():
        # whoever was here before may have brought them
        if wanted := jars.missing():
            size = sum(jar.size for jar in wanted) / 1e6
            with timed("kafka", f"fetching {len(wanted)} jars, {size:.0f} MB"):
                run([str(PYTHON), "-m", "dev.fetch"])


def program(folder: Path, port: int, controller: int, more: str = "") -> Program:
    """Describe a broker that keeps its log in this folder.

    `more` are further lines of its properties, which outrank ours; {port} and {controller} stand in them too.
    """

    def launch() -> list[str]:
        machine = java.find()
        jvm = [str(machine.path), *_JVM, *(_JVM_24 if machine.major >= 24 else [])]
        class_path = ":".join(str(jar.path) for jar in jars.locked())
        properties = folder / "server.properties"
        folder.mkdir(parents=True, exist_ok=True)
        lines = (_PROPERTIES + more).format(port=port, controller=controller, folder=folder)
        properties.write_text(lines)
        archive = _archive(machine, class_path)
        from_archive = _class_data("SharedArchiveFile", archive) if _is_whole(archive) else []
        if not (folder / "log" / "meta.properties").exists():
            tool = ["kafka.tools.StorageTool", "format", "-t", _new_id(), "-c", str(properties)]
            run([*jvm, *from_archive, "-cp", class_path, *tool])
        class_data = from_archive or _class_data("ArchiveClassesAtExit", archive)
        return [*jvm, *class_data, "-cp", class_path, "kafka.Kafka", str(properties)]

    # Patient: the run that writes the class data archive does so while it ends.
    return Program("kafka", launch, lambda: ask.kafka(port), f"127.0.0.1:{port}", patience_s=30.0)


def _archive(machine: java.Java, class_path: str) -> Path:
    """Return where the archive of the classes that Kafka loads is; starting from it halves the time."""
    key = hashlib.sha256(f"{machine.path}{machine.build}{class_path}".encode()).hexdigest()[:12]
    return jars.cache() / f"kafka-{key}.jsa"


def _class_data(option: str, archive: Path) -> list[str]:
    """Start from the archive, or write it as this run ends."""
    return [f"-XX:{option}={archive}", "-Xlog:cds=off", "-Xlog:cds+dynamic=off"]


def _is_whole(archive: Path) -> bool:
    """Tell whether Java finished writing it: its first bytes come last."""
    if not archive.exists():
        return False
    with archive.open("rb") as file:
        return any(file.read(4))


def _new_id() -> str:
    """Return a random cluster id; never with a leading dash, which the tool would take for an option."""
    return "A" + base64.urlsafe_b64encode(os.urandom(16)).decode().rstrip("=")[1:]
