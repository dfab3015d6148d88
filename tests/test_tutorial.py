"""What the tutorial tells its reader to do can be done, and what it shows is what happens."""

import re
from pathlib import Path

from tutorial import BLOCK, PAGE, Reader


def test_page(tmp_path: Path) -> None:
    """Whoever follows the tutorial from top to bottom sees what it shows, letter by letter."""
    page = PAGE.read_text("utf-8")
    assert Reader(tmp_path / "clone").perform(page) == page


def test_no_block_is_left_out() -> None:
    """Every block of the tutorial is a file, a change to one, or commands; and what it links to is there."""
    page = PAGE.read_text("utf-8")
    assert page.count("```") == 2 * len(BLOCK.findall(page))
    assert all((PAGE.parent / target).is_file() for target in re.findall(r"\]\(([^)#]+)\)", page))
