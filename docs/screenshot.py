"""Take the picture of the network view that the README shows: `make screenshot`."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

page_file, target = map(Path, sys.argv[1:3])
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium",
        args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    )
    page = browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme="light")
    page.goto(page_file.resolve().as_uri() + "#n=:wenjie&asof=2024-07&lang=en")
    page.wait_for_selector("html[data-ready]")
    page.screenshot(path=str(target))
    browser.close()
