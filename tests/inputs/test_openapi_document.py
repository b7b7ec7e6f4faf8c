"""The OpenAPI document is valid, and says what the reference does."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema_rs import Draft202012Validator
from openapi_spec_validator import validate

from conformance.reference import Rules
from conformance.reference.database import Database
from conformance.reference.events import NEEDS

DOCUMENT: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[2] / "openapi" / "beacon.yaml").read_text(encoding="utf-8")
)
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
TYPES: dict[str, str] = SCHEMAS["Event"]["discriminator"]["mapping"]
BATCHES: dict[str, Any] = DOCUMENT["paths"]["/beacon"]["post"]["requestBody"]["content"]["application/json"][
    "examples"
]


def schema(name: str) -> Draft202012Validator:
    """Compile one component, with the others in reach."""
    return Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
    )


def example(event_type: str) -> dict[str, Any]:
    (found,) = SCHEMAS[TYPES[event_type].rpartition("/")[2]]["examples"]
    assert isinstance(found, dict)
    return found


@pytest.fixture
def rules() -> Iterator[Rules]:
    database = Database()
    yield Rules(database)
    database.close()


def test_the_document_is_valid_openapi() -> None:
    validate(DOCUMENT)


def test_it_names_the_types_that_the_reference_supports() -> None:
    assert set(TYPES) == set(NEEDS)


@pytest.mark.parametrize("event_type", TYPES)
def test_an_example_event_satisfies_its_own_schema_alone(event_type: str) -> None:
    fitting = [
        other
        for other, name in TYPES.items()
        if schema(name.rpartition("/")[2]).is_valid(example(event_type))
    ]
    assert fitting == [event_type]


@pytest.mark.parametrize("event_type", TYPES)
def test_an_example_event_is_an_event(event_type: str) -> None:
    assert schema("Event").is_valid(example(event_type))


@pytest.mark.parametrize("event_type", TYPES)
def test_an_example_event_is_taken_by_the_reference(event_type: str, rules: Rules) -> None:
    assert rules.valid(example(event_type))


@pytest.mark.parametrize("event_type", TYPES)
def test_schema_and_reference_require_the_same_fields(event_type: str, rules: Rules) -> None:
    for field in example(event_type):
        shortened = {name: value for name, value in example(event_type).items() if name != field}
        assert schema("Event").is_valid(shortened) == rules.valid(shortened), field


@pytest.mark.parametrize("event_type", TYPES)
@pytest.mark.parametrize("value", [None, True, 0, 1.5, "", "word", [], {}], ids=repr)
def test_schema_and_reference_agree_on_the_kind_of_every_field(
    event_type: str, value: Any, rules: Rules
) -> None:
    for field in SCHEMAS["EventBase"]["properties"]:
        changed = {**example(event_type), field: value}
        if field != "timestamp" or not isinstance(value, str):
            assert schema("Event").is_valid(changed) == rules.valid(changed), field


@pytest.mark.parametrize("name", BATCHES)
def test_an_example_batch_satisfies_the_request_schema(name: str) -> None:
    assert schema("Batch").is_valid(BATCHES[name]["value"])


def test_the_mixed_batch_has_two_valid_entries_and_one_that_is_skipped(rules: Rules) -> None:
    entries = BATCHES["mixed"]["value"]["events"]
    assert [schema("Event").is_valid(entry) for entry in entries] == [True, False, True]
    assert rules.accepted(entries) == [entries[0], entries[2]]


@pytest.mark.parametrize("entry", [{}, None, 7, "event", []], ids=repr)
def test_the_request_schema_accepts_an_invalid_entry(entry: Any) -> None:
    assert schema("Batch").is_valid({"events": [example("search"), entry]})


@pytest.mark.parametrize(("size", "valid"), [(0, False), (1, True), (100, True), (101, False)])
def test_the_request_schema_counts_entries(size: int, *, valid: bool) -> None:
    assert schema("Batch").is_valid({"events": [{}] * size}) == valid


@pytest.mark.parametrize("payload", [{}, {"events": None}, {"events": {}}, [], None], ids=repr)
def test_the_request_schema_refuses_what_is_no_batch(payload: Any) -> None:
    assert not schema("Batch").is_valid(payload)
