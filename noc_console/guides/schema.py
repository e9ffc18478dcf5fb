"""The JSON Schema of guides, for editors: made from the same values that the loader fills."""

from __future__ import annotations

import json
from typing import Any

from pydantic import TypeAdapter

from noc_console.guides.conditions import OPERATORS
from noc_console.guides.guide import Guide
from noc_console.guides.questions import QUESTION_KINDS, OfMetric
from noc_console.guides.shape import CONDITION
from noc_console.guides.steps import STEP_KINDS

CONDITION_SCHEMA = {
    "oneOf": [
        {
            "type": "array",
            "prefixItems": [
                {"type": "string"},
                {"enum": list(OPERATORS)},
                {"type": ["number", "string"]},
                {"type": "string"},
            ],
            "minItems": 3,
            "maxItems": 4,
        },
        *(
            {
                "type": "object",
                "properties": {key: {"type": "array", "items": {"$ref": "#/$defs/Condition"}, "minItems": 1}},
                "required": [key],
                "additionalProperties": False,
            }
            for key in ("all", "any")
        ),
        {
            "type": "object",
            "properties": {"not": {"$ref": "#/$defs/Condition"}},
            "required": ["not"],
            "additionalProperties": False,
        },
        {
            "type": "object",
            "properties": {"known": {"type": "string"}},
            "required": ["known"],
            "additionalProperties": False,
        },
    ]
}


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a guide file."""
    made: dict[str, Any] = _with_references(TypeAdapter(Guide).json_schema())
    made["$defs"]["Condition"] = CONDITION_SCHEMA
    # only a question about a metric may leave its kind away
    for kind in (*STEP_KINDS.values(), *QUESTION_KINDS.values()):
        if kind is not OfMetric:
            shape = made["$defs"][kind.__name__]
            shape["required"] = ["kind", *shape.get("required", ())]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "noc-console guide"} | made


def schema_text() -> str:
    """Return the schema as it is shipped in `playbooks/guide.schema.json`."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def _with_references(value: Any) -> Any:
    if isinstance(value, dict):
        if value.get("title") == CONDITION:
            return {"$ref": "#/$defs/Condition"}
        return {key: _with_references(inner) for key, inner in value.items() if key != "default"}
    return [_with_references(inner) for inner in value] if isinstance(value, list) else value
