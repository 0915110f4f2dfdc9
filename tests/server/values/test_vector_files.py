"""The vector files are what the slow reference says today: nobody changed a figure by hand to please a function."""

import pytest
from vectors import make

FILES = make.files()


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_file_of_vectors_is_the_one_that_the_reference_makes(name):
    assert (make.HERE / f"{name}.json").read_text(encoding="utf-8") == FILES[name]
