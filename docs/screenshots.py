"""Take the pictures of the network view that the documentation shows, from the real page: `make screenshots`.

Each view is taken in some languages and themes, so that all three languages and both themes are seen.
"""

import shutil
import sys
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).parent / "views"
LANGUAGES = {"en": "en", "zh": "zh-hans", "ko": "ko"}
BOTH = ("light", "dark")


class View(NamedTuple):
    """What a picture shows: the address of a view, its languages and themes, and what is pressed before it is taken."""

    address: str
    languages: tuple[str, ...] = ("en",)
    themes: tuple[str, ...] = ("light",)
    press: str = ""


VIEWS = {
    "network": View("n=:wenjie&asof=2024-07", ("en", "zh", "ko"), BOTH),
    "dispute": View("st=:wenjie auto:owner :huawei&asof=2024-12", ("en",), ("dark",)),
    "timeline": View("tab=timeline", ("zh",)),
    "table": View("tab=table&q=问界", ("en",), ("dark",)),
    "conflicts": View("tab=conflicts", ("ko",)),
    "sources": View("tab=sources", ("en",), ("dark",)),
    "query": View("tab=query", ("en",), press="[data-query=chain-of-title]"),
}


def pictures() -> dict[str, tuple[View, str, str]]:
    """Return the views by the names of their pictures, with language and theme."""
    return {
        f"{name}-{language}-{theme}.png": (view, language, theme)
        for name, view in VIEWS.items()
        for language in view.languages
        for theme in view.themes
    }


def show(page: Page, file: Path, view: View, language: str, theme: str) -> None:
    """Open a view, and do what it asks for."""
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.goto("about:blank")
    page.goto(f"{file.resolve().as_uri()}#{view.address}&lang={LANGUAGES[language]}")
    page.wait_for_selector("html[data-ready]")
    if view.press:
        page.click(view.press)
        page.wait_for_selector("#answer[data-state=done]")
        page.mouse.move(0, 0)


def main(file: Path) -> None:
    """Take all pictures of a page."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        for name, (view, language, theme) in pictures().items():
            show(page, file, view, language, theme)
            page.screenshot(path=str(FOLDER / name))
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
