"""Makes .venv and installs a lock into it, unless that is done: `python3 scripts/install.py [dev]`.

Runs on the system's Python, before anything is installed: the standard library only.
"""

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
LOCKS = {"runtime": ROOT / "requirements.txt", "dev": ROOT / "requirements-dev.txt"}


def main(kind: str) -> None:
    """Install what `kind` needs; the developers' lock holds all of the runtime's."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this script is what tells people so
        sys.exit(
            f"Digi needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}. "
            "Name another one: make run PYTHON=python3.12"
        )

    stamps = {name: VENV / f"digi-{name}" for name in LOCKS}
    if _holds(stamps[kind], _stamp(kind)):
        return

    if not _holds(VENV / "digi-python", _python()) or not PYTHON.exists():
        _make_venv()
    print(f"Installing {LOCKS[kind].name} into .venv; this happens once.", flush=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    done = subprocess.run([*pip, "--require-hashes", "-r", str(LOCKS[kind])], check=False)
    if done.returncode:
        sys.exit(f"pip could not install {LOCKS[kind].name}; its own words stand above.")
    for name in {"runtime", kind}:
        stamps[name].write_text(_stamp(name))


def _make_venv() -> None:
    done = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False)
    if done.returncode:
        sys.exit("This Python makes no virtual environments. On Debian and Ubuntu: apt-get install python3-venv")
    (VENV / "digi-python").write_text(_python())


def _python() -> str:
    return f"{sys.version} in {VENV}"


def _stamp(kind: str) -> str:
    return f"{hashlib.sha256(LOCKS[kind].read_bytes()).hexdigest()} {_python()}"


def _holds(path: Path, text: str) -> bool:
    return path.exists() and path.read_text() == text


if __name__ == "__main__":
    main(sys.argv[1] if sys.argv[1:] else "runtime")
