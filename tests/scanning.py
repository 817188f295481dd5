"""What a phone's camera does to a picture of a code, and the reading of it."""

import math
from io import BytesIO

import zxingcpp
from PIL import Image, ImageFilter, ImageOps

QR_CODE = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def scan(image: Image.Image) -> str | None:
    """The text of the one QR code in `image`, or None if none can be read."""
    found = zxingcpp.read_barcodes(image.convert("L"), formats=QR_CODE)
    return found[0].text if len(found) == 1 else None


def opened(picture: bytes) -> Image.Image:
    return Image.open(BytesIO(picture)).convert("L")


def rotated(image: Image.Image, degrees: float) -> Image.Image:
    return image.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def blurred(image: Image.Image, radius: float) -> Image.Image:
    """Out of focus; `radius` is the standard deviation of the blur in pixels."""
    return image.filter(ImageFilter.GaussianBlur(radius))


def faded(image: Image.Image, black: int, white: int) -> Image.Image:
    """In bad light: black and white are these levels of 255."""
    return ImageOps.colorize(image, black=(black,) * 3, white=(white,) * 3).convert("L")


def tilted(image: Image.Image, degrees: float, distance: float = 3.0) -> Image.Image:
    """Seen from the side: turned about its vertical axis, from `distance` times its width."""
    width, height = image.size
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    cx, cy = width / 2, height / 2
    k = sine / (distance * width * cosine)
    w0 = 1 + k * cx
    # Source = (a x + b y + c, d x + e y + f) / (g x + h y + 1), about the picture's middle.
    coefficients = (
        (1 / cosine - cx * k) / w0,
        0,
        (cx * w0 - cx / cosine) / w0,
        -cy * k / w0,
        1 / w0,
        (cy * w0 - cy) / w0,
        -k / w0,
        0,
    )
    return image.transform(
        image.size,
        Image.Transform.PERSPECTIVE,
        coefficients,
        Image.Resampling.BICUBIC,
        fillcolor=255,
    )


def phone_view(
    poster: Image.Image, width: int, frame: tuple[int, int] = (720, 1280)
) -> Image.Image:
    """A photograph of the poster on a grey wall: the page `width` pixels wide, softened as a lens
    softens it (0.6 px), and compressed as a camera's preview (JPEG, quality 60)."""
    view = Image.new("L", frame, 150)
    small = poster.resize(
        (width, round(poster.height * width / poster.width)), Image.Resampling.LANCZOS
    )
    view.paste(small, ((frame[0] - small.width) // 2, (frame[1] - small.height) // 2))
    buffer = BytesIO()
    blurred(view, 0.6).save(buffer, "JPEG", quality=60)
    return opened(buffer.getvalue())
