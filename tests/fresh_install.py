"""Shows that the locks install as they are, whatever the index holds on the day.

The oldest pip that Python 3.11 came with installs them beside an empty later release of every
package: what asks for the newest gets one of these, or fails on its hash. The embedded model is
left out, 1.1 GB that would come over the network each time; its lock is installed by the same
command.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
PIP = "22.3"
PIP_HASH = "sha256:1daab4b8d3b97d1d763caeb01a4640a2250a0ea899e257b1e44b9eded91e15ab"


def pinned(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / lock).read_text(), re.MULTILINE))


def later_release(name: str, folder: Path) -> None:
    stem = f"{name.replace('-', '_')}-9999.0"
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as wheel:
        info = f"{stem}.dist-info"
        wheel.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 9999.0\n"
        )
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")


def pip(python: Path) -> list[str]:
    return [str(python), "-m", "pip", "--disable-pip-version-check"]


def installed(python: Path) -> dict[str, str]:
    versions = {
        re.sub(r"[-_.]+", "-", found["name"]).lower(): found["version"]
        for found in json.loads(subprocess.check_output([*pip(python), "list", "--format=json"]))
    }
    del versions["jixiao"]
    return versions


def main(folder: Path) -> None:
    venv, releases, pip_lock = folder / "venv", folder / "releases", folder / "pip.lock"
    python = venv / "bin/python"
    expected = pinned("requirements.lock")
    tools = pinned("requirements-dev.lock")

    releases.mkdir()
    for name in expected | tools | {"pip": PIP, "wheel": "", "jixiao": ""}:
        later_release(name, releases)
    environment = os.environ | {
        "JIXIAO_LLM": "off",
        # Beside the machine's own places, which may be all that it can reach.
        "PIP_FIND_LINKS": f"{releases} {os.environ.get('PIP_FIND_LINKS', '')}",
        "PIP_NO_COMPILE": "0",  # switches compiling off, to save a minute: pip reads it so
    }

    def run(*command: str | Path) -> None:
        if subprocess.run(command, cwd=ROOT, env=environment).returncode:
            sys.exit(f"Failed: {' '.join(map(str, command))}")

    def make(target: str | Path) -> None:
        run("make", "--no-print-directory", f"VENV={venv}", f"PYTHON={sys.executable}", target)

    def compare() -> None:
        if wrong := sorted(installed(python).items() ^ expected.items()):
            sys.exit(f"Installed is not what is locked: {wrong}")

    make(venv / "made")
    pip_lock.write_text(f"pip=={PIP} --hash={PIP_HASH}\n")
    run(*pip(python), "install", "--quiet", "--require-hashes", "-r", pip_lock)
    expected["pip"] = PIP

    make("setup")
    compare()
    run(venv / "bin/jixiao", "--help")

    make("setup-dev")
    expected |= tools
    compare()
    print(f"The locks install as they are: {len(expected) - 1} packages, by pip {PIP}.")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        main(Path(folder))
