"""Pictures of the built site: which places, how they are taken, and how far apart two of them are.

`make pictures` takes all of them anew; test_pictures.py compares.
"""

from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
from chromium import FORMULAS_SET, SITE, chromium, wake
from PIL import Image

FOLDER = Path(__file__).with_name("pictures")
#: Fonts drawn alike on every machine, and without the colored fringes of a flat screen.
FLAGS = ["--font-render-hinting=none", "--disable-lcd-text", "--force-color-profile=srgb"]
#: Two pictures are compared by the means of cells of so many pixels, which the edges of letters
#: move little; a cell differs where a color of it moved by more than this, of 255.
CELL, FAR = 4, 24
#: Of so many cells one may differ.
OF = 5000
WIDE, PHONE = (1280, 800), (390, 844)
#: A window in which a part of a page is taken whole, with nothing that sticks to the window on it.
TALL = 1800
#: Nor do its panels: what sticks is drawn as a layer of its own, moved by parts of a pixel.
LOOSE = ".px-panels, .px-panel { position: relative !important; top: auto !important }"
#: A part begins at a whole pixel: formulas above it are set a little higher or lower by what has
#: loaded when, and letters and frames are drawn at whole pixels.
ALIGN = """e => {
  const above = e.getBoundingClientRect().top + scrollY;
  Object.assign(e.style, { position: "relative", top: `${Math.ceil(above) - above}px` });
}"""
#: Between two pictures of what may still be on the move, in milliseconds, and how many are taken.
PAUSE, PATIENCE = 250, 40


class Place(NamedTuple):
    """A page, and of it what a selector finds first, or what the window shows."""

    page: str
    part: str = ""
    size: tuple[int, int] = WIDE
    theme: str = "light"
    asked: str = ""  # of the search


PLACES = {
    "cover": Place("book/index.html"),
    "cover-dark": Place("book/index.html", theme="dark"),
    "chapter": Place("notebooks/03_momentum.html"),
    "figure": Place("notebooks/04_adagrad.html", "figure.px-figure:not(.px-wide):has(svg)"),
    "two-panels": Place("notebooks/06_adam.html", ".px"),
    "four-panels": Place(
        "notebooks/05_rmsprop.html", ".px:has(.px-panel:nth-child(4))", theme="dark"
    ),
    "try-this": Place("notebooks/08_schedules.html", ".px-try"),
    "code": Place(
        "notebooks/02_sgd.html", ".cell:has(> .cell_input):has(.output pre)", theme="dark"
    ),
    "exercise": Place("notebooks/06_adam.html", "section[id^=exercise] section"),
    "catalogue": Place("book/catalogue.html"),
    "rule": Place("book/rules/Adam.html", theme="dark"),
    "search": Place("book/index.html", ".px-search-dialog", asked="polak ribiere"),
    "phone": Place("notebooks/01_lost_in_the_dark.html", size=PHONE),
    "phone-explorer": Place("notebooks/01_lost_in_the_dark.html", ".px", PHONE, "dark"),
}


def opened(page, place: Place) -> None:
    """Go to a place, and wait for all that is drawn late."""
    width, height = place.size
    tall = place.part and not place.asked
    page.set_viewport_size({"width": width, "height": TALL if tall else height})
    page.emulate_media(color_scheme=place.theme, reduced_motion="reduce")
    page.goto((SITE / place.page).as_uri(), wait_until="load")
    if page.locator(".px").count():
        wake(page)
    page.wait_for_function(FORMULAS_SET)
    if place.asked:
        page.keyboard.press("Control+k")
        page.locator(".px-search input").fill(place.asked)
        page.wait_for_function(
            "q => PrimerSearch.ready && document.querySelector('.px-search').dataset.asked === q",
            arg=place.asked,
        )
    page.evaluate("document.fonts.ready")
    page.add_style_tag(content=LOOSE)
    if tall:
        page.locator(place.part).first.evaluate(ALIGN)


def taken(page, place: Place) -> Image.Image:
    """The picture of a page that is open at a place, when two in a row are the same."""
    shot = page.locator(place.part).first if place.part else page
    last = None
    for _ in range(PATIENCE):
        now = shot.screenshot(animations="disabled", caret="hide")
        if now == last:
            return Image.open(BytesIO(now)).convert("RGB")
        last = now
        page.wait_for_timeout(PAUSE)
    raise RuntimeError(f"{place.page} does not come to rest")


def save(picture: Image.Image, path: Path) -> None:
    """Keep a picture without loss."""
    picture.save(path, lossless=True, quality=100, method=4)


def means(picture: Image.Image) -> np.ndarray:
    """The mean color of every cell, rows × columns × 3; the rest at an edge is filled up."""
    pixels = np.asarray(picture, dtype=float)
    height, width = (-(-n // CELL) * CELL for n in pixels.shape[:2])
    fill = ((0, height - pixels.shape[0]), (0, width - pixels.shape[1]), (0, 0))
    filled = np.pad(pixels, fill, mode="edge")
    return filled.reshape(height // CELL, CELL, width // CELL, CELL, 3).mean((1, 3))


def changed(old: Image.Image, new: Image.Image) -> np.ndarray:
    """Which cells differ, for two pictures of the same size."""
    return np.abs(means(old) - means(new)).max(2) > FAR


def alike(old: Image.Image, new: Image.Image) -> bool:
    """Whether a reader would take two pictures for the same one."""
    if old.size != new.size:
        return False
    differ = changed(old, new)
    return bool(differ.sum() * OF <= differ.size)


def told(old: Image.Image, new: Image.Image) -> str:
    """In words, how far apart two pictures are, and where in pixels from the upper left corner."""
    if old.size != new.size:
        return f"it was {old.size}, it is {new.size}"
    rows, columns = np.nonzero(changed(old, new))
    box = [CELL * int(n) for n in (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)]
    return f"{len(rows)} cells between {box[:2]} and {box[2:]} of {old.size}"


def marked(old: Image.Image, new: Image.Image) -> Image.Image:
    """The old picture pale, with the cells that differ in red; the new one where sizes differ."""
    if old.size != new.size:
        return new
    pale = np.asarray(old, dtype=float) / 3 + 170
    where = changed(old, new).repeat(CELL, 0).repeat(CELL, 1)[: pale.shape[0], : pale.shape[1]]
    pale[where] = 220, 0, 0
    return Image.fromarray(pale.astype(np.uint8))


def main() -> None:
    """Take all pictures anew."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.webp"):
        old.unlink()
    with chromium(*FLAGS) as browser:
        page = browser.new_page()
        for name, place in PLACES.items():
            opened(page, place)
            save(taken(page, place), FOLDER / f"{name}.webp")
    weight = sum(file.stat().st_size for file in FOLDER.glob("*.webp"))
    print(f"{len(PLACES)} pictures in {FOLDER.name}, {weight / 1000:.0f} kB. Look at them.")


if __name__ == "__main__":
    main()
