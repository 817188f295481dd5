"""How static files are kept: under names of their content, compressed beforehand."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

# A statement begins its line. Django's own patterns (`support_js_module_import_aggregation`) also
# take the words "import" and "export" of a comment for one, and then name files that are not there.
_STATEMENTS = [
    (
        rf"""(?m)^(?P<matched>{keyword}(?P<names>\s[^"';]*?)from ["'](?P<url>\.[^"']*)["'];)""",
        f"""{keyword}%(names)sfrom "%(url)s";""",
    )
    for keyword in ("import", "export")
]
# A module that is loaded when it is needed, on a line of its own; types in comments look alike.
_CALL = (
    r"""(?m)^(?P<matched>(?P<before> *)import\(["'](?P<url>\.[^"']*)["']\),)""",
    """%(before)simport("%(url)s"),""",
)


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Also rewrites the `import`s of JavaScript modules to the names of their content."""

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("*.js", [*_STATEMENTS, _CALL]),
    )
