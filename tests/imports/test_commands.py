"""The two commands as an operator meets them: output, JSON and exit status."""

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from locations.models import ExposureLocation
from portal.publishing.models import Batch
from tests.imports.conftest import MARKET, SCHOOL, csv_file


@pytest.fixture
def run(tmp_path, hai_phong, author, story_time):
    """Runs import_exposures; returns its exit status, what it says, and what it complains of."""

    def run(data: bytes, *arguments: str, user: str = "author") -> tuple[int, str, str]:
        (tmp_path / "list.csv").write_bytes(data)
        return call(
            "import_exposures", tmp_path / "list.csv",
            f"--province={hai_phong.slug}", f"--user={user}", *arguments,
        )  # fmt: skip

    return run


def call(*arguments: Any) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(*map(str, arguments), stdout=out, stderr=err)
    except CommandError as error:
        return error.returncode, out.getvalue(), f"{err.getvalue()}{error}"
    except SystemExit as stopped:
        return stopped.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_a_list_waits_for_a_colleague_and_is_public_after_the_second_command(run, approver):
    status, out, _ = run(csv_file(MARKET, SCHOOL))
    batch = Batch.objects.get()
    assert status == 0
    assert f"Batch {batch.pk} waits" in out and "2 new" in out
    assert not ExposureLocation.objects.public().exists()

    status, out, _ = call("approve_batch", batch.pk, "--user=approver", "--note=đã xem")
    assert (status, ExposureLocation.objects.listed().count()) == (0, 2)
    assert "2 revisions are public now" in out


def test_json_holds_what_the_design_says_and_nothing_else(run):
    status, out, _ = run(csv_file(MARKET, SCHOOL), "--format=json")
    assert status == 0
    assert json.loads(out) == {
        "batch": Batch.objects.get().pk,
        "new": 2, "changed": 0, "unchanged": 0, "removed": 0, "errors": [],
    }  # fmt: skip


def test_json_of_errors(run):
    status, out, _ = run(csv_file((*MARKET[:5], "hôm qua", "")), "--format=json")
    answer = json.loads(out)
    assert (status, answer["batch"]) == (1, None)
    [error] = answer["errors"]
    assert (error["row"], error["column"]) == (2, "Từ")
    assert "hôm qua" in error["message"]


def test_json_of_a_file_that_is_refused(run):
    status, out, _ = run(b"<<<<<<< HEAD\n" + csv_file(MARKET), "--format=json")
    answer = json.loads(out)
    assert (status, answer["batch"], len(answer["errors"])) == (1, None, 1)
    assert answer["errors"][0]["row"] is None


def test_refused_rows_are_one_line_each(run):
    status, out, err = run(csv_file(("1", "", *MARKET[2:]), ("2", "A", "x", *MARKET[3:])))
    assert (status, len(err.splitlines())) == (1, 2)
    assert "row 2, column “Tên địa điểm”" in err
    assert not Batch.objects.exists()


def test_a_dry_run_saves_nothing(run):
    status, out, _ = run(csv_file(MARKET), "--dry-run", "--format=json")
    assert (status, json.loads(out)["batch"], json.loads(out)["new"]) == (0, None, 1)
    assert not Batch.objects.exists()
    assert not ExposureLocation.objects.exists()


def test_replace_counts_what_is_withdrawn(run, approver):
    run(csv_file(MARKET, SCHOOL))
    call("approve_batch", Batch.objects.get().pk, "--user=approver", "--note=ok")
    _, out, _ = run(csv_file(MARKET), "--dry-run")
    assert "1 places are listed but not in the file" in out
    _, out, _ = run(csv_file(MARKET), "--replace", "--format=json")
    assert json.loads(out)["removed"] == 1


def test_an_officer_of_another_province_is_refused(run, stranger):
    status, _, err = run(csv_file(MARKET), user="stranger")
    assert (status, len(err.splitlines())) == (1, 1)


@pytest.mark.parametrize("user", ["author", "colleague", "stranger"])
def test_whoever_may_not_approve_is_refused(user, run, author, colleague, stranger):
    run(csv_file(MARKET))
    status, _, err = call("approve_batch", Batch.objects.get().pk, f"--user={user}", "--note=ok")
    assert (status, len(err.splitlines())) == (1, 1)
    assert not ExposureLocation.objects.public().exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("import_exposures", "missing.csv", "--province=hai-phong", "--user=author"),
        ("import_exposures", __file__, "--province=nowhere", "--user=author"),
        ("import_exposures", __file__, "--province=hai-phong", "--user=nobody"),
        ("approve_batch", "999", "--user=author", "--note=ok"),
        ("approve_batch", "1", "--user=nobody", "--note=ok"),
    ],
)
def test_wrong_usage_has_its_own_status(arguments, hai_phong, author):
    status, out, err = call(*arguments)
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1


def test_the_help_explains_the_columns(capsys):
    with pytest.raises(SystemExit):
        call_command("import_exposures", "--help")
    shown = capsys.readouterr().out
    assert "Phường/Xã" in shown and "Exit status" in shown
