import pytest

from playground.testing import InMemoryPlayground


@pytest.fixture
def shop(db: None) -> InMemoryPlayground:
    return InMemoryPlayground()
