"""How static files are kept: under names of their content, compressed beforehand."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Also rewrites the `import` statements of JavaScript modules to the names of their content."""

    support_js_module_import_aggregation = True
