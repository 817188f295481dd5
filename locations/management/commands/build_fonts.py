"""Rebuilds the committed fonts from the npm package that carries Be Vietnam Pro whole."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from locations.posters.typography import FONT_DIR, Weight

WEB_DIR = Path("static", "fonts")
WEB_WEIGHTS = (Weight.REGULAR, Weight.BOLD)
# Every letter of the Vietnamese alphabet that is not in ASCII; the range is Unicode's block of
# Vietnamese letters (Latin Extended Additional, U+1EA0 to U+1EF9), which has both cases.
VIETNAMESE = {
    *"àáâãèéêìíòóôõùúýăđĩũơư",
    *"ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯ",
    *map(chr, range(0x1EA0, 0x1EFA)),
}
WEB_CHARACTERS = VIETNAMESE | set(map(chr, range(0x20, 0x7F))) | set("\u00a0“”‘’–—…·•°×−≈≤≥")
# Copyright, family, style, licence address: the licence asks that they travel with the font.
WEB_NAMES = [0, 1, 2, 14]


class Command(BaseCommand):
    help = (
        "Rebuilds the fonts of the posters (locations/posters/fonts/*.ttf: every letter of the"
        " font) and of the pages (static/fonts/*.woff2: Vietnamese, English and their"
        " punctuation), without hinting, from the npm package"
        " @expo-google-fonts/be-vietnam-pro (0.4.1: Be Vietnam Pro 1.002, OFL-1.1)."
        " Get it with: npm pack @expo-google-fonts/be-vietnam-pro && tar xzf *.tgz"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--package-dir", type=Path, required=True, help="the unpacked package")

    def handle(self, *, package_dir: Path, **options: object) -> None:
        web_dir = settings.BASE_DIR / WEB_DIR
        licence = _read(package_dir / "LICENSE_FONT")
        for folder in (FONT_DIR, web_dir):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "OFL.txt").write_bytes(licence)
        for weight in Weight:
            source = package_dir / f"{weight.css}{weight.value}"
            source /= f"BeVietnamPro_{weight.css}{weight.value}.ttf"
            self._build(source, FONT_DIR / weight.file_name)
            if weight in WEB_WEIGHTS:
                self._build(source, web_dir / f"be-vietnam-pro-{weight.css}.woff2", web=True)

    def _build(self, source: Path, target: Path, *, web: bool = False) -> None:
        try:
            from fontTools import subset
        except ImportError as error:
            raise CommandError(
                "fontTools is missing; install it with: pip install -r requirements-dev.txt"
            ) from error
        _read(source)
        options = subset.Options(
            hinting=False,
            layout_features=["kern"] if web else ["kern", "mark", "mkmk", "ccmp"],
            name_IDs=WEB_NAMES if web else ["*"],
            glyph_names=not web,
            notdef_outline=True,
            # The same input gives the same bytes.
            recalc_timestamp=False,
            flavor="woff2" if web else None,
        )
        options.drop_tables += ["gasp"]
        font = subset.load_font(source, options)
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=map(ord, WEB_CHARACTERS) if web else font.getBestCmap().keys())
        subsetter.subset(font)
        subset.save_font(font, target, options)
        self.stdout.write(f"{target}: {target.stat().st_size:,} bytes")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(
            f"{path} cannot be read ({error.strerror}); --package-dir must be the unpacked"
            " npm package @expo-google-fonts/be-vietnam-pro"
        ) from error
