"""Which tests go to one worker."""

from tests.services.scheduling import split_scope


def test_a_file_goes_whole_and_a_folder_that_shares_a_machine_too() -> None:
    places = ["diary/test_api.py::test_a[1]", "diary/test_api.py::TestB::test_c", "diary/test_tags.py::test_a"]
    assert [split_scope(f"tests/{place}") for place in places] == [
        "tests/diary/test_api.py",
        "tests/diary/test_api.py",
        "tests/diary/test_tags.py",
    ]
    assert {split_scope(f"tests/deploy/{name}::test_a") for name in ("test_a.py", "test_b.py")} == {"tests/deploy/"}
