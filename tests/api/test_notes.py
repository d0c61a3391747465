"""Notes by the API: added to the record under a name, and listed newest first."""

from rehab.models.patient import Patient
from tests.conftest import Caller


def test_a_note_is_added_and_listed_with_its_author(as_ana: Caller, maya: Patient) -> None:
    path = f"/patients/{maya.id}/notes"
    for n in range(3):
        answer = as_ana("POST", path, {"body": f"line {n}\nand more"})
        assert answer.status_code == 201
    page = as_ana("GET", f"{path}?limit=2").json
    assert {item["by"] for item in page["items"]} == {"Ana Ruiz"}
    rest = as_ana("GET", f"{path}?limit=2&cursor={page['next']}").json
    bodies = {item["body"] for item in (*page["items"], *rest["items"])}
    assert bodies == {f"line {n}\nand more" for n in range(3)}
    assert rest["next"] is None


def test_a_note_says_something(as_ana: Caller, maya: Patient) -> None:
    for body in ("", " ", "x" * 4001):
        answer = as_ana("POST", f"/patients/{maya.id}/notes", {"body": body})
        assert answer.status_code == 422
