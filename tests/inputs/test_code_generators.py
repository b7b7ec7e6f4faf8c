"""Code generators read the OpenAPI description: their types take our examples, and refuse an event without a field."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from conformance.inputs import openapi

SCHEMAS: dict[str, Any] = openapi.document()["components"]["schemas"]
EVENTS = {name: schema for name, schema in SCHEMAS.items() if "allOf" in schema}
EXAMPLES = [(name, example) for name, schema in EVENTS.items() for example in schema["examples"]]


def _run(folder: Path, *command: str) -> None:
    program = [str(Path(sys.executable).with_name(command[0])), *command[1:]]
    ran = subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603 - our own

    assert ran.returncode == 0, ran.stdout + ran.stderr


def _description(folder: Path) -> str:
    path = folder / "beacon.yaml"
    path.write_text(openapi.text(), "utf-8")
    return str(path)


@pytest.mark.parametrize("name", EVENTS)
def test_each_event_has_its_required_fields_beside_their_types(name: str) -> None:
    own = EVENTS[name]["allOf"][1]

    assert own["required"][0] == "event_type"
    assert set(own["required"]) <= own["properties"].keys()
    base = SCHEMAS["EventBase"]["properties"]
    for field in own["required"][1:]:
        described = {key: value for key, value in base[field].items() if key != "description"}
        assert own["properties"][field] == described


def test_every_constant_has_its_one_value_as_an_enum_too() -> None:
    constants = [schema for schema in _walk(openapi.document()) if "const" in schema]

    assert len(constants) == len(EVENTS) + 2
    assert all(schema["enum"] == [schema["const"]] and schema["type"] == "string" for schema in constants)


def _walk(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [value, *(one for member in value.values() for one in _walk(member))]
    return [one for member in value for one in _walk(member)] if isinstance(value, list) else []


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def test_pydantic_models_take_our_examples_and_refuse_what_is_incomplete(tmp_path: Path) -> None:
    models = tmp_path / "beacon_models.py"
    options = (
        "--input-file-type=openapi",
        "--output-model-type=pydantic_v2.BaseModel",
        "--formatters=builtin",
    )
    _run(tmp_path, "datamodel-codegen", f"--input={_description(tmp_path)}", f"--output={models}", *options)
    module = _module(models)

    for name, example in EXAMPLES:
        model = getattr(module, name)
        taken = json.loads(model.model_validate(example).model_dump_json(exclude_unset=True))
        assert taken == example
        for field in EVENTS[name]["allOf"][1]["required"]:
            with pytest.raises(ValueError, match=field):
                model.model_validate({key: value for key, value in example.items() if key != field})


def test_a_generated_client_has_a_type_for_each_event(tmp_path: Path) -> None:
    client = tmp_path / "client"
    arguments = ("--path", _description(tmp_path), "--output-path", str(client), "--meta=none")
    _run(tmp_path, "openapi-python-client", "generate", *arguments)
    script = tmp_path / "take.py"
    script.write_text(
        "import json, sys\nfrom client import models\n"
        "for name, example in json.load(sys.stdin):\n"
        "    assert getattr(models, name).from_dict(example).to_dict() == example, name\n"
    )
    ran = subprocess.run(  # noqa: S603 - our own
        [sys.executable, str(script)],
        cwd=tmp_path,
        input=json.dumps(EXAMPLES),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert ran.returncode == 0, ran.stderr
