"""In production, what scripts import carries the hash of its content, too."""

import re
from pathlib import Path

from digi.static_files import HashedModules


def _release(folder: Path, leaf: str) -> dict[str, str]:
    """Collect three scripts in a row; tell the hashed name of each."""
    sources = {
        "page.js": 'import "./part.js";\nimport { leaf } from "./leaf.js";\nleaf();\n',
        "part.js": 'import { leaf } from "./leaf.js";\nleaf();\n',
        "leaf.js": leaf,
    }
    folder.mkdir()
    for name, source in sources.items():
        (folder / name).write_text(source)
    storage = HashedModules(location=folder, base_url="/static/")
    return {name: hashed for name, hashed, _done in storage.post_process({name: (storage, name) for name in sources})}


def test_scripts_import_each_other_by_hashed_names(tmp_path: Path) -> None:
    names = _release(tmp_path / "one", "export const leaf = () => 1;\n")

    page = (tmp_path / "one" / names["page.js"]).read_text()

    assert re.findall(r'"\./([^"]+)"', page) == [names["part.js"], names["leaf.js"]]


def test_change_at_the_end_of_the_row_renames_the_whole_row(tmp_path: Path) -> None:
    before = _release(tmp_path / "one", "export const leaf = () => 1;\n")

    after = _release(tmp_path / "two", "export const leaf = () => 2;\n")

    assert all(before[name] != after[name] for name in before)
