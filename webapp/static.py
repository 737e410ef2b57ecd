"""Static files whose names carry their content, JavaScript modules included.

The modules import each other by relative path; the manifest storage rewrites these
imports to the hashed names, so that a browser never mixes two versions. Our own are served
without their comments (ADR 15).
"""

import re
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

from .comments import without_comments

OURS = "js/"


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True
    max_post_process_passes = 20  # one for each level of imports
    manifest_strict = False  # an unknown name becomes its plain URL, not an error page

    _patterns: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Only our files name others that are renamed. To look through megabytes of third-party
        # scripts, once for each level of our imports, took half of the time of a start.
        self._patterns = {f"{kind[2:]}/{kind}": found for kind, found in self._patterns.items()}

    def url_converter(self, name: str, hashed_files: Any, template: Any = None) -> Any:
        """Leave out types: `import('./types.js')` in a comment fetches nothing, and may be circular."""
        convert = super().url_converter(name, hashed_files, template)
        return lambda match: match[0] if _is_type(match) else convert(match)

    def _save(self, name: str, content: Any) -> str:
        if name.startswith(OURS) and name.endswith(".js"):
            content = ContentFile(without_comments(b"".join(content.chunks())))
        return str(super()._save(name, content))


def _is_type(match: re.Match[str]) -> bool:
    before = match.string[: match.start()]
    is_in_comment = before.rfind("/*") > before.rfind("*/")
    return match[0].startswith("import(") and is_in_comment
