"""`make pictures`: the README's pictures, taken from the running site (`make run` in another terminal; same PORT)."""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Error, ViewportSize, sync_playwright

PICTURES = Path(__file__).resolve().parents[1] / "docs/pictures"
SITE = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
DESKTOP, PHONE = ViewportSize(width=1280, height=860), ViewportSize(width=390, height=844)
# name, address, window, elder mode
SHOTS = [
    ("home", "/", DESKTOP, False),
    ("venue", "/venues/longchuan/", DESKTOP, False),
    ("document", "/disclosure/nhx-/2023-1027116/", DESKTOP, False),
    ("programme", "/programme/", DESKTOP, False),
    ("events", "/events/", DESKTOP, False),
    ("elder", "/venues/longchuan/", PHONE, True),
]


def main() -> None:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        sys.exit("Chromium is missing. On Debian: apt-get install chromium fonts-noto-cjk")
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, address, window, elder in SHOTS:
            context = browser.new_context(viewport=window, device_scale_factor=1.5 if window is PHONE else 1)
            if elder:
                context.add_cookies([{"name": "mode", "value": "elder", "url": SITE}])
            page = context.new_page()
            try:
                page.goto(SITE + address, wait_until="networkidle")
            except Error as error:
                sys.exit(f"{SITE} does not answer ({error.message.splitlines()[0]}). Start it with: make run")
            page.screenshot(path=PICTURES / f"{name}.jpg", type="jpeg", quality=82)
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
