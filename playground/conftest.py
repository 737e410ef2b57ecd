import pytest

from playground.testing import Town


@pytest.fixture
def town(db: None) -> Town:
    return Town()
