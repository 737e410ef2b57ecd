"""Static files whose names carry their content, JavaScript modules included.

The modules import each other by relative path; the manifest storage rewrites these
imports to the hashed names, so that a browser never mixes two versions.
"""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True
    manifest_strict = False  # an unknown name becomes its plain URL, not an error page
    max_post_process_passes = 12  # one for each storey of modules that import modules
