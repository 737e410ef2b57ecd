"""Static files whose names carry their content, JavaScript modules included.

The modules import each other by relative path; the manifest storage rewrites these
imports to the hashed names, so that a browser never mixes two versions.
"""

from typing import Any

from django.core.files.base import ContentFile
from rjsmin import jsmin
from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True
    max_post_process_passes = 20  # one for each level of imports
    manifest_strict = False  # an unknown name becomes its plain URL, not an error page

    def _save(self, name: str, content: Any) -> str:
        """Our scripts without comments and indents: they are for readers of the source, and half
        of its weight. Third-party files stay as their authors made them: their checksums are
        known. Sheets stay too: rcssmin took the space out of `:not(…) :is(…)`.
        """
        if name.endswith(".js") and not name.startswith("vendor/"):
            content.seek(0)  # somebody may have read it, to make its name
            content = ContentFile(jsmin(content.read().decode()).encode())
        saved: str = super()._save(name, content)
        return saved
