import pytest

from tests.operating.commands import empty_place


@pytest.fixture
def place(tmp_path):
    with empty_place(tmp_path) as place:
        yield place


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    """A DATA_DIR of the test's own: what it uploads is in no other test's backup."""
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()
