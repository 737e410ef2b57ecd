from pathlib import Path
from typing import Any

import pytest

from .samples import write_lesson


@pytest.fixture
def samples(tmp_path: Path, settings: Any) -> list[str]:
    """The slugs of two small lessons that follow ours. Each has a quiz of two questions."""
    settings.LESSON_FOLDERS = [tmp_path]
    return [write_lesson(tmp_path, 101), write_lesson(tmp_path, 102)]
