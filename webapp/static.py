"""Static files whose names carry their content, JavaScript modules included.

The modules import each other by relative path; the manifest storage rewrites these
imports to the hashed names, so that a browser never mixes two versions.
"""

from collections.abc import Callable
from typing import Any

from django.core.files.base import ContentFile
from rcssmin import cssmin
from rjsmin import jsmin
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Comments and indents are for readers of the source, and half of its weight.
MINIFIERS: dict[str, Callable[[str], str]] = {"js": jsmin, "css": cssmin}


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True
    max_post_process_passes = 20  # one for each level of imports
    manifest_strict = False  # an unknown name becomes its plain URL, not an error page

    def _save(self, name: str, content: Any) -> str:
        """Third-party files stay as their authors made them: their checksums are known."""
        minify = MINIFIERS.get(name.rpartition(".")[2])
        if minify and not name.startswith("vendor/"):
            content.seek(0)  # somebody may have read it, to make its name
            content = ContentFile(minify(content.read().decode()).encode())
        saved: str = super()._save(name, content)
        return saved
