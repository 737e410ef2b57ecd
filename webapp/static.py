"""Static files whose names carry their content, JavaScript modules included.

The modules import each other by relative path; the storage rewrites these imports to the
hashed names, so that a browser never mixes two versions.
"""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True
    max_post_process_passes = 20  # one for each level of imports
    manifest_strict = False  # an unknown name becomes its plain URL, not an error page
