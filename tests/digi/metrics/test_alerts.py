"""deploy/prometheus: each rule asks for something that is told and says what to do; the page names all that is told."""

import re

import pytest
import yaml
from prometheus_client.samples import Sample

from camera.services import cameras
from digi.metrics import registry
from tests.servers import ROOT

FOLDER = ROOT / "deploy" / "prometheus"
ENDINGS = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum"), "gauge": ("",)}
NAME = re.compile(r"\bdigi_\w+")


def _rules() -> list[dict]:
    (group,) = yaml.safe_load((FOLDER / "digi-alerts.yml").read_text())["groups"]
    return group["rules"]


@pytest.fixture
def told(db) -> dict[str, list[Sample]]:
    cameras.create(slug="lab", name="Lab", by=None)
    return {
        f"{family.name}{ending}": family.samples for family in registry.collect() for ending in ENDINGS[family.type]
    }


def test_every_metric_of_the_rules_is_told_with_its_labels(told):
    for rule in _rules():
        names = NAME.findall(rule["expr"])
        assert names or rule["expr"].startswith("up{"), rule["alert"]
        for name in names:
            assert name in told, f"{rule['alert']} asks for {name}"
        for name, label, value in re.findall(r'(digi_\w+)\{(\w+)="(\w+)"\}', rule["expr"]):
            assert any(sample.labels.get(label) == value for sample in told[name]), f"{name} has no {label}={value}"


def test_rules_say_how_bad_it_is_and_what_happened():
    rules = _rules()

    assert len({rule["alert"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"].endswith(".")
        assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}


def test_scrape_configuration_reads_the_rules_with_a_token_from_a_file():
    config = yaml.safe_load((FOLDER / "prometheus.yml").read_text())

    (job,) = config["scrape_configs"]
    assert (job["job_name"], job["scheme"], job["metrics_path"]) == ("digi", "https", "/metrics")
    assert job["authorization"] == {"credentials_file": "/etc/prometheus/digi-token"}
    assert config["rule_files"] == ["/etc/prometheus/digi-alerts.yml"]


def test_page_names_everything_that_is_told_and_nothing_else(told):
    section = (ROOT / "docs/operations.md").read_text().partition("\n## Metrics\n")[2].partition("\n## ")[0]
    named = set(re.findall(r"`(digi_\w+)`", section))

    families = {re.sub(r"_(bucket|count|sum)$", "", name) for name in told}
    assert named == families
