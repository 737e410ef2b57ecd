"""Static files whose names carry their content, JavaScript modules included.

The modules import each other by relative path; the manifest storage rewrites these
imports to the hashed names, so that a browser never mixes two versions.
"""

from typing import Any

from django.core.files.base import ContentFile
from rjsmin import jsmin
from whitenoise.storage import CompressedManifestStaticFilesStorage

THIRD_PARTY = ("vendor/", "ninja/")


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True
    max_post_process_passes = 20  # one for each level of imports
    manifest_strict = False  # an unknown name becomes its plain URL, not an error page

    def _post_process(self, paths: Any, adjustable_paths: Any, hashed_files: Any) -> Any:
        """Only our files name others that have to be renamed: looking through megabytes of
        theirs, once for each level of our imports, took half of the time that a start may take.
        """
        ours = [path for path in adjustable_paths if not path.startswith(THIRD_PARTY)]
        return super()._post_process(paths, ours, hashed_files)

    def _save(self, name: str, content: Any) -> str:
        """Our scripts without comments and indents: they are for readers of the source, and half
        of its weight. Third-party files stay as their authors made them: their checksums are
        known. Sheets stay too: rcssmin took the space out of `:not(…) :is(…)`.
        """
        if name.endswith(".js") and not name.startswith(THIRD_PARTY):
            content.seek(0)  # somebody may have read it, to make its name
            content = ContentFile(jsmin(content.read().decode()).encode())
        saved: str = super()._save(name, content)
        return saved
