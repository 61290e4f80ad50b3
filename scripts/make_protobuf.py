"""Compiles camera/camera.proto into Python and into the browser's ES module: `make protobuf`, after `npm ci`.

With `--release` it also keeps the schema as what has been released: tests hold every later one against it.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLUGIN = ROOT / "node_modules" / ".bin" / "protoc-gen-es"
RUNTIME = "rewrite_imports=@bufbuild/protobuf/codegenv2:../vendor/protobuf/protobuf.js"
PYTHON = ("camera/camera_pb2.py", "camera/camera_pb2.pyi")
RELEASED = ROOT / "camera" / "released.binpb"
BROWSER = {"camera/camera_pb.js": "static/js/lib/camera_pb.js"}


def generated() -> dict[str, str]:
    """What the schema makes, by path. The browser's module needs npm's plugin, and is left out without it."""
    with tempfile.TemporaryDirectory() as folder:
        protoc = [sys.executable, "-m", "grpc_tools.protoc", "--proto_path=.", f"--python_out={folder}"]
        plugin = [f"--plugin=protoc-gen-es={PLUGIN}", f"--es_out={folder}"]
        options = [f"--es_opt=target=js,import_extension=js,{RUNTIME}"]
        browser = [*plugin, *options] if PLUGIN.exists() else []
        subprocess.run([*protoc, f"--pyi_out={folder}", *browser, "camera/camera.proto"], cwd=ROOT, check=True)
        return dict(_written(Path(folder)))


def _written(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            yield BROWSER.get(name, name), path.read_text()


def descriptors() -> bytes:
    """The schema as a FileDescriptorSet."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "set"
        protoc = [sys.executable, "-m", "grpc_tools.protoc", "--proto_path=.", f"--descriptor_set_out={path}"]
        subprocess.run([*protoc, "camera/camera.proto"], cwd=ROOT, check=True)
        return path.read_bytes()


def main(*, release: bool) -> None:
    """Write all of them; without the plugin there is half a result, which is none."""
    files = generated()
    if not {*PYTHON, *BROWSER.values()} <= files.keys():
        sys.exit("node_modules has no protoc-gen-es: npm ci")
    for name, text in files.items():
        (ROOT / name).write_text(text)
    if release:
        RELEASED.write_bytes(descriptors())


if __name__ == "__main__":
    main(release="--release" in sys.argv)
