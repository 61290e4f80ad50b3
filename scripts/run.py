"""What `make run` and `make dev` start: the database made ready, then every process of the Procfile until Ctrl-C."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import FrameType

from honcho.environ import parse_procfile
from honcho.manager import Manager
from honcho.printer import Printer

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from digi.environment import read_dotenv  # noqa: E402 - found beside this script

BESIDE = {"camera"}  # what may end by itself while the rest serves on
WATCHED = ("digi", "chat", "thesis", "camera", "templates", "locale")


class Servers(Manager):
    """Ends all when one of them ends; what runs beside them comes and goes."""

    def _any_stopped(self) -> bool:
        return any(one.get("returncode") is not None for name, one in self._processes.items() if name not in BESIDE)


def main(*, reload: bool) -> None:
    """Serve on DIGI_HOST (127.0.0.1) and DIGI_PORT (8000); with `reload` again after every change."""
    read_dotenv(Path(os.environ.get("DIGI_DOTENV") or ROOT / ".env"))
    os.environ.setdefault("DIGI_HOST", "127.0.0.1")
    os.environ.setdefault("DIGI_PORT", "8000")
    os.environ["PYTHONUNBUFFERED"] = "1"
    _refuse_a_taken_port(os.environ["DIGI_HOST"], os.environ["DIGI_PORT"])
    if subprocess.run([sys.executable, "scripts/prepare.py"], cwd=ROOT, check=False).returncode:
        sys.exit(1)

    manager = Servers(Printer(sys.stdout, prefix=False))
    for name, command in parse_procfile((ROOT / "Procfile").read_text()).processes.items():
        manager.add_process(name, _reloading(command) if reload else _ours(command), cwd=str(ROOT))
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, _end)  # a closed terminal ends what was started in it
    manager.loop()
    sys.exit(0 if manager.returncode == 130 else manager.returncode)  # 130: Ctrl-C, the ordinary end


def _refuse_a_taken_port(host: str, port: str) -> None:
    """Find out before the database is touched."""
    try:
        with socket.create_server((host, int(port))):
            pass
    except (OSError, ValueError, OverflowError) as error:
        code = getattr(error, "errno", None)
        reason = os.strerror(code) if code and code > 0 else error
        sys.exit(f"Digi cannot listen at {host}:{port}: {reason}. DIGI_HOST and DIGI_PORT choose another.")


def _ours(command: str) -> str:
    """The Procfile says `python`; it means the one with the dependencies. `exec` leaves no shell in between."""
    return f"exec {command.replace('python', sys.executable, 1)}"


def _reloading(command: str) -> str:
    watched = " ".join(name for name in WATCHED if (ROOT / name).exists())
    return f"exec {sys.executable} -m watchfiles --sigint-timeout 2 '{_ours(command).removeprefix('exec ')}' {watched}"


def _end(_signal: int, _frame: FrameType | None) -> None:
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    os.chdir(ROOT)
    main(reload="--reload" in sys.argv)
