import os
import threading

import pytest
from django.core.exceptions import ImproperlyConfigured

from digi.environment import Environment, Rate, given, kept, loopback_only


@pytest.fixture
def env(tmp_path):
    return Environment(tmp_path)


@pytest.mark.parametrize("value", ["$HOME", "a$b", "$", "pa$$word", "p@ss:wö/rd"])
def test_values_are_taken_literally(monkeypatch, env, value):
    monkeypatch.setenv("DIGI_X", value)

    assert env.str("DIGI_X") == value


def test_file_wins_loses_its_newline_and_is_taken_literally(monkeypatch, env, tmp_path):
    (tmp_path / "x").write_text("$ecret\n")
    monkeypatch.setenv("DIGI_X_FILE", str(tmp_path / "x"))
    monkeypatch.setenv("DIGI_X", "other")

    assert env.str("DIGI_X") == "$ecret"


@pytest.mark.parametrize("blank", ["", "  "])
def test_blank_is_unset(monkeypatch, env, blank):
    monkeypatch.setenv("DIGI_X", blank)

    assert env.str("DIGI_X", "default") == "default"
    assert env.count("DIGI_X", 3) == 3
    assert env.flag("DIGI_X", True) is True
    assert env.words("DIGI_X", ["a"]) == ["a"]
    assert env.database("DIGI_X", "sqlite:///x.sqlite3")["NAME"] == str(env.root / "x.sqlite3")


def test_words_lose_their_spaces(monkeypatch, env):
    monkeypatch.setenv("DIGI_X", " a, b ,,c")

    assert env.words("DIGI_X") == ["a", "b", "c"]


def test_sqlite_paths_count_from_the_root_and_absolute_ones_stay(monkeypatch, env):
    monkeypatch.setenv("DIGI_X", "sqlite:////data/digi.sqlite3")

    assert env.database("DIGI_X", "")["NAME"] == "/data/digi.sqlite3"
    assert env.database("DIGI_Y", "sqlite:///var/y.sqlite3")["NAME"] == str(env.root / "var/y.sqlite3")


@pytest.mark.parametrize(
    ("text", "rate"), [("20/5s", Rate(20, 5)), ("20/5", Rate(20, 5)), ("1/0.5s", Rate(1, 0.5)), ("", Rate(7, 1))]
)
def test_rate_is_so_many_over_so_long(monkeypatch, env, text, rate):
    monkeypatch.setenv("DIGI_X", text)

    assert env.rate("DIGI_X", "7/1s") == rate


@pytest.mark.parametrize("text", ["0/5s", "20/0s", "20", "a/b", "-1/5s", "20/5m"])
def test_rate_that_is_none_is_refused(monkeypatch, env, text):
    monkeypatch.setenv("DIGI_X", text)

    with pytest.raises(ImproperlyConfigured, match="DIGI_X must look like 20/5s"):
        env.rate("DIGI_X", "7/1s")


@pytest.mark.parametrize(
    ("text", "ports"), [("", {443, 8443}), ("443", {443}), ("443, 81", {443, 81}), ("any", set()), ("65535", {65535})]
)
def test_ports_are_numbers_or_any(monkeypatch, env, text, ports):
    monkeypatch.setenv("DIGI_X", text)

    assert env.ports("DIGI_X", "443,8443") == ports


@pytest.mark.parametrize("text", ["0", "65536", "http", "443,any", "-1", "44³"])
def test_ports_that_are_none_are_refused(monkeypatch, env, text):
    monkeypatch.setenv("DIGI_X", text)

    with pytest.raises(ImproperlyConfigured, match="DIGI_X lists ports"):
        env.ports("DIGI_X", "443")


def test_places_are_names_and_networks(monkeypatch, env):
    monkeypatch.setenv("DIGI_X", "Hooks.lab.example, receiver,10.20.0.0/16,192.168.1.7,fd00::/8")

    names, networks = env.places("DIGI_X")

    assert names == {"hooks.lab.example", "receiver"}
    assert [str(network) for network in networks] == ["10.20.0.0/16", "192.168.1.7/32", "fd00::/8"]
    assert env.places("DIGI_Y") == (frozenset(), ())


@pytest.mark.parametrize("text", ["10.20.0.1/16", "300.1.2.3", "https://hooks.example", "hooks.example:8080", "a b"])
def test_places_that_are_none_are_refused(monkeypatch, env, text):
    monkeypatch.setenv("DIGI_X", text)

    with pytest.raises(ImproperlyConfigured, match=r"DIGI_X: .* is neither a host's name nor a network"):
        env.places("DIGI_X")


def test_kept_secret_is_made_once_even_by_threads_that_start_together(tmp_path):
    path = tmp_path / "new" / "secret"
    start = threading.Barrier(8)
    seen = []

    def process():
        start.wait()
        seen.append(kept(path, lambda: os.urandom(8).hex()))

    threads = [threading.Thread(target=process) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(seen) == {path.read_text().strip()}
    assert len(seen) == 8
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True), ("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("[::1]", True),
        ("0.0.0.0", False), ("", False), ("192.0.2.1", False), ("127.evil.example", False), ("::", False),
    ],
)  # fmt: skip
def test_loopback_is_this_machine_alone(host, here):
    assert loopback_only(host) is here


def test_given_sees_the_variable_and_its_file(monkeypatch):
    monkeypatch.setenv("DIGI_A", "x")
    monkeypatch.setenv("DIGI_B_FILE", "/x")
    monkeypatch.setenv("DIGI_C", "")

    assert [given(name) for name in ("DIGI_A", "DIGI_B", "DIGI_C", "DIGI_D")] == [True, True, False, False]
