"""Every shipped guide is read without a mistake, and every way out of every step is walked by scripted evidence."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest

from noc_console.guides.reading import read_guide
from noc_console.guides.schema import schema, schema_text
from noc_console.guides.shelf import read_shelf
from noc_console.guides.walk import every_way
from noc_console.guides.yaml_tree import read_tree
from noc_console.resources import playbooks

FILES = sorted(path.name for path in playbooks().glob("*.yaml"))


def text_of(name: str) -> str:
    return (playbooks() / name).read_text(encoding="utf-8")


def test_the_shipped_set_has_no_mistake() -> None:
    shelf = read_shelf({name: text_of(name) for name in FILES})
    assert [str(mistake) for mistake in shelf.mistakes] == []


@pytest.mark.parametrize("name", FILES)
def test_every_way_of_a_shipped_guide_is_walked_by_the_real_machine(name: str) -> None:
    guide = read_guide(name, text_of(name)).guide
    assert guide is not None
    coverage = every_way(guide)
    assert coverage.missed == ()
    for way in coverage.ways:
        assert (way.step, way.key) in {(stay.step, stay.way) for stay in way.run.stays}


def test_editors_find_no_mistake_in_what_the_loader_takes_and_find_wrong_keys() -> None:
    validator = jsonschema_rs.Draft202012Validator(schema())
    tree, _ = read_tree("pb-video-mos-low.yaml", text_of("pb-video-mos-low.yaml"))
    assert tree is not None
    plain = json.loads(json.dumps(tree.plain()))
    assert [error.message for error in validator.iter_errors(plain)] == []
    for wrong in ({"versoin": 1}, {"version": "1"}, {"kind": "book"}, {"steps": [{"id": "a", "next": "end"}]}):
        assert not validator.is_valid(plain | wrong)


def test_the_schema_for_editors_is_that_of_the_code() -> None:
    assert (playbooks() / "guide.schema.json").read_text(encoding="utf-8") == schema_text()
