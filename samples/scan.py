"""A PDF → the same pages as skewed, noisy grey images without a text layer."""

from __future__ import annotations

from pathlib import Path
from random import Random

_DPI = 200


def scan(source: Path, target: Path, seed: int = 0) -> None:
    """Writes ``target``: every page turned by up to 0.6 degrees, blurred by noise, as JPEG."""
    import numpy as np
    import pymupdf
    from PIL import Image

    rng, noise = Random(f"scan/{seed}"), np.random.default_rng(seed)
    pages = []
    with pymupdf.open(source) as document:
        for page in document:
            pixels = page.get_pixmap(dpi=_DPI, colorspace=pymupdf.csGRAY)
            image = Image.frombytes("L", (pixels.width, pixels.height), pixels.samples)
            angle = rng.uniform(-0.6, 0.6)
            image = image.rotate(angle, Image.Resampling.BICUBIC, fillcolor=255)
            grey = np.asarray(image, dtype=np.float32) * rng.uniform(0.88, 0.95) + 6
            grey += noise.normal(0, 7, grey.shape)
            pages.append(Image.fromarray(grey.clip(0, 255).astype(np.uint8)))
    pages[0].save(
        target, "PDF", resolution=_DPI, quality=60, save_all=True, append_images=pages[1:]
    )
