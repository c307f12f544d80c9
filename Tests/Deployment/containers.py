"""podman in a store of its own, set up for machines that allow it little."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import threading
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlsplit

# Of the network that podman makes for containers that are not in the host's.
SUBNET, GATEWAY = "10.171.219.0/24", "10.171.219.1"
IP_FREEBIND = 15


class Podman:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        files, processes = (
            min(wanted, resource.getrlimit(limit)[1])
            for wanted, limit in [(20000, resource.RLIMIT_NOFILE), (30000, resource.RLIMIT_NPROC)]
        )
        store = f"""[storage]
            driver = "overlay"
            graphroot = "{folder}/store"
            runroot = "{folder}/run"
            """
        # Without CAP_SYS_RESOURCE no limit can be raised; runc knows cgroups of both versions at once.
        settings = f"""[containers]
            default_ulimits = ["nofile={files}:{files}", "nproc={processes}:{processes}"]
            [engine]
            runtime = "runc"
            cgroup_manager = "cgroupfs"
            events_logger = "file"
            [network]
            network_backend = "netavark"
            network_config_dir = "{folder}/networks"
            default_subnet = "{SUBNET}"
            """
        (folder / "storage.conf").write_text(store)
        (folder / "containers.conf").write_text(settings)
        self.environment = {
            **os.environ,
            "CONTAINER_TOOL": "podman",
            "CONTAINERS_STORAGE_CONF": str(folder / "storage.conf"),
            "CONTAINERS_CONF": str(folder / "containers.conf"),
        }
        self.open = ExitStack()

    def run(self, *command: object, timeout: float = 300, **environment: str) -> str:
        """Runs a command that must end well; gives its standard output."""
        ended = self.start(*command, **environment)
        output, errors = ended.communicate(timeout=timeout)
        assert ended.returncode == 0, f"{command}\n{output}\n{errors}"
        return output

    def start(self, *command: object, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(word) for word in command],
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def bring(self, url: str) -> str:
        """The address at which containers reach a server of this machine's loopback; closed in the end."""
        forwarder = Forwarder(urlsplit(url).port or 80)
        self.open.callback(forwarder.close)
        return f"http://{GATEWAY}:{forwarder.port}"

    def close(self) -> None:
        self.open.close()
        # Each run's images have taken the names of those of the one before.
        self.run("podman", "image", "prune", "--force")
        self._unmount()

    def _unmount(self) -> None:
        """podman leaves its store mounted, and what a build has mounted: the folder could not be removed."""
        mounts = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
        for mount in reversed([mount for mount in mounts if mount.startswith(f"{self.folder}/")]):
            subprocess.run(["umount", "--lazy", mount], check=False)


class Forwarder:
    """Takes connections at the containers' gateway, and passes them on to a port of the loopback."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.listener = socket.socket()
        # The gateway is there as long as a container is.
        self.listener.setsockopt(socket.SOL_IP, IP_FREEBIND, 1)
        self.listener.bind((GATEWAY, 0))
        self.listener.listen()
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                inside, _ = self.listener.accept()
                outside = socket.create_connection(("127.0.0.1", self.target))
                for source, target in [(inside, outside), (outside, inside)]:
                    threading.Thread(target=self._pass_on, args=(source, target), daemon=True).start()

    @staticmethod
    def _pass_on(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        # Closing alone would leave the thread in accept.
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
