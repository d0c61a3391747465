"""An address as a QR code, drawn into the page: the code has no address of its own.

It is black on white in every theme, for a camera reads it off the screen.
"""

import segno
from markupsafe import Markup

ENDS = 4
"""Empty squares around it, as ISO/IEC 18004 asks for."""


def qr_of(address: str, side: int = 4) -> Markup:
    """The code of `address`, with squares of so many units; its class is `qr`."""
    drawn = segno.make(address, error="m", boost_error=False).svg_inline(
        scale=side, border=ENDS, dark="#000", light="#fff", omitsize=True, svgclass="qr"
    )
    return Markup(drawn)  # noqa: S704 - squares of our own drawing; it holds no text
