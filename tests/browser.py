"""Find a Chromium for the end-to-end tests; as a program, install one if possible.

python -m tests.browser     before the tests: one line if there is none
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


def find_browser() -> str | None:
    """The path of a Chromium: `$BROWSER_PATH`, one on the PATH, or Playwright's own."""
    if chosen := os.environ.get("BROWSER_PATH"):
        return chosen
    for name in NAMES:
        if found := shutil.which(name):
            return found
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if own and Path(own).exists() else None


def main() -> None:
    if find_browser():
        return
    print("No Chromium on this machine; trying to install Playwright's ...")
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if not find_browser():
        print(
            "\n*** NO BROWSER: the end-to-end tests will be SKIPPED. Install Chromium (for "
            "example `apt install chromium`), or name one: BROWSER_PATH=/path make test ***\n"
        )


if __name__ == "__main__":
    main()
