"""Exported lists, read by other libraries than those that wrote them."""

import csv
import io
import json

import bibtexparser
import openpyxl


def whole(answer) -> bytes:
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def of_csv(content: bytes) -> list[dict]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def of_xlsx(content: bytes) -> list[dict]:
    sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True).active
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def of_json(content: bytes) -> list[dict]:
    return json.loads(content)["results"]


def of_bibtex(content: bytes) -> list[dict]:
    found = bibtexparser.parse_string(content.decode())
    assert not found.failed_blocks
    return [{"title": entry["title"], "type": entry.entry_type, "key": entry.key} for entry in found.entries]


READ = {"csv": of_csv, "xlsx": of_xlsx, "json": of_json, "bibtex": of_bibtex}
