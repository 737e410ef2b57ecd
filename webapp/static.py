"""Static files whose names carry their content, JavaScript modules included.

The modules import each other by relative path; the storage rewrites these imports to the
hashed names, so that a browser never mixes two versions.
"""

import re
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True
    max_post_process_passes = 20  # one for each level of imports
    manifest_strict = False  # an unknown name becomes its plain URL, not an error page

    def url_converter(self, name: str, hashed_files: Any, template: Any = None) -> Any:
        """Leave out types: `import('./types.js')` in a comment fetches nothing, and may be circular."""
        convert = super().url_converter(name, hashed_files, template)
        return lambda match: match[0] if _is_type(match) else convert(match)


def _is_type(match: re.Match[str]) -> bool:
    before = match.string[: match.start()]
    is_in_comment = before.rfind("/*") > before.rfind("*/")
    return match[0].startswith("import(") and is_in_comment
