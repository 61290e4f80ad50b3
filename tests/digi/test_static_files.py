"""In production, what scripts import carries the hash of its content, too."""

import json
import re
from pathlib import Path

from digi.static_files import HashedModules
from tests.servers import ROOT


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


def test_sheet_that_imports_its_neighbours_is_one_file_with_them(tmp_path: Path) -> None:
    sheets = {
        "css/page.css": '/* All. */\n@import "one.css";\n@import "two.css";\n',
        "css/one.css": "b { color: red }\n",
        "css/two.css": "b { background: url(../two.png) }\n",
        "two.png": "no picture",
    }
    for name, source in sheets.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(source)
    storage = HashedModules(location=tmp_path, base_url="/static/")

    names = {name: hashed for name, hashed, _done in storage.post_process({name: (storage, name) for name in sheets})}

    page = (tmp_path / names["css/page.css"]).read_text()
    assert "@import" not in page
    assert page.index("color: red") < page.index(names["two.png"])


def test_a_release_is_the_same_whenever_and_wherever_it_is_made(tmp_path: Path, settings) -> None:
    made = []
    for name in ("one", "two"):
        settings.STATIC_ROOT = tmp_path / name
        _release(tmp_path / name, "export const leaf = () => 1;\n" * 400)
        files = {file.name: file.read_bytes() for file in (tmp_path / name).iterdir()}
        made.append((json.loads(files.pop("staticfiles.json")), files))

    assert made[0] == made[1]
    assert any(name.endswith(".br") for name in made[0][1])


def test_no_script_finds_a_file_by_where_itself_lies() -> None:
    """What is written so keeps its plain name: only imports are rewritten."""
    scripts = {path.name: path.read_text() for path in (ROOT / "static").rglob("*.js")}

    assert [name for name, text in scripts.items() if "import.meta" in text] == []
    assert len(scripts) > 20
