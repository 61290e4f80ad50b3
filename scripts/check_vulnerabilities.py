"""Looks the locked versions up in the index of known vulnerabilities; without a network it says so and goes on."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMAND = ["pip_audit", "--requirement", "requirements.txt", "--disable-pip", "--require-hashes", "--format", "json"]


def main() -> None:
    """A known vulnerability fails; an index that cannot be asked does not."""
    done = subprocess.run(
        [sys.executable, "-m", *COMMAND, "--timeout", "10"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except ValueError:
        reason = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        print(f"Known vulnerabilities could not be looked up: {reason}")
        return

    known = [(package, flaw) for package in packages for flaw in package.get("vulns", [])]
    for package, flaw in known:
        print(
            f"{package['name']} {package['version']}: {flaw['id']}, mended in {', '.join(flaw['fix_versions']) or '?'}"
        )
    asked = [package for package in packages if "skip_reason" not in package]
    print(f"{len(asked)} of {len(packages)} packages looked up, {len(known)} known vulnerabilities.")
    sys.exit(1 if known else 0)


if __name__ == "__main__":
    main()
