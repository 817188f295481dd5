"""The administrative divisions: what the file holds, how it loads, and finding the right one."""

import gzip
import time
from datetime import date, datetime
from importlib.machinery import PathFinder
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q

from locations.divisions import records
from locations.divisions.build import build
from locations.divisions.load import load
from locations.divisions.sources import EARLIER, LATEST, tidy
from locations.divisions.titles import Kind, Level, Title
from locations.models import Division

MARCH_2021 = date(2021, 3, 26)
BEFORE_REFORM = date(2025, 6, 30)
REFORM = date(2025, 7, 1)
NOW = date(2026, 11, 23)


def find(on: date = MARCH_2021, **names: str) -> Division:
    return Division.objects.find(on=on, **names)


def count(on: date) -> tuple[int, ...]:
    valid = Division.objects.valid(on)
    return valid.provinces().count(), valid.districts().count(), valid.wards().count()


@pytest.mark.usefixtures("divisions")
class TestData:
    @pytest.mark.parametrize(
        ("on", "provinces", "districts", "wards"),
        [
            (MARCH_2021, 63, 705, 10_599),
            (BEFORE_REFORM, 63, 696, 10_035),
            (REFORM, 34, 0, 3_321),
            (NOW, 34, 0, 3_321),
        ],
    )
    def test_it_has_the_divisions_of_each_time(
        self, on: date, provinces: int, districts: int, wards: int
    ) -> None:
        assert count(on) == (provinces, districts, wards)

    def test_no_division_is_an_orphan_or_outside_its_parent_s_era(self) -> None:
        parts = Division.objects.exclude(level=Level.PROVINCE)
        assert not parts.filter(parent=None).exists()
        assert not parts.filter(level__lte=F("parent__level")).exists()
        ids = set(Division.objects.values_list("pk", flat=True))
        for pk, parent, former in parts.values_list("pk", "parent_id", "former"):
            assert pk[:5] == parent[:5]
            assert {title["parent"] for title in former} <= ids

    def test_every_ward_and_district_that_ended_has_a_successor(self) -> None:
        assert not Division.objects.filter(~Q(valid_to=None), successors=None).exists()

    def test_what_ended_leads_to_divisions_of_today(self) -> None:
        ended = Division.objects.filter(valid_to__lt=NOW).with_current()
        for unit in ended.filter(level=Level.WARD):
            assert unit.current(NOW)
            assert all(today.valid_to is None for today in unit.current(NOW))

    def test_every_ward_of_today_came_from_somewhere(self) -> None:
        assert not Division.objects.valid(NOW).filter(predecessors=None).exists()

    def test_former_titles_are_in_order_and_before_the_end(self) -> None:
        for unit in Division.objects.exclude(former=[]):
            days = [title["until"] for title in unit.former]
            assert days == sorted(days)
            assert unit.valid_to is None or days[-1] < unit.valid_to.isoformat()

    def test_every_division_of_today_has_a_point_in_vietnam(self) -> None:
        assert (
            Division.objects.valid(NOW)
            .filter(latitude__range=(7, 24), longitude__range=(102, 118))
            .count()
            == 34 + 3_321
        )

    def test_the_islands_of_hoang_sa_and_truong_sa_are_there(self) -> None:
        hoang_sa = find(province_name="Đà Nẵng", district_name="huyện Hoàng Sa")
        assert hoang_sa.current_name(NOW) == "đặc khu Hoàng Sa, thành phố Đà Nẵng"
        truong_sa = find(NOW, province_name="Khánh Hòa", ward_name="Trường Sa")
        assert truong_sa.kind == Kind.SPECIAL_ZONE

    @pytest.mark.parametrize(
        ("names", "path", "today"),
        [
            (
                ("Hải Phòng", "quận Ngô Quyền", "phường Đằng Giang"),
                "phường Đằng Giang, quận Ngô Quyền, thành phố Hải Phòng",
                "phường Gia Viên, thành phố Hải Phòng",
            ),
            (
                ("Hải Phòng", "huyện Kiến Thụy", "xã Đại Hợp"),
                "xã Đại Hợp, huyện Kiến Thụy, thành phố Hải Phòng",
                "xã Kiến Hải, thành phố Hải Phòng",
            ),
            (
                ("Hải Phòng", "huyện Kiến Thụy", "xã Tú Sơn"),
                "xã Tú Sơn, huyện Kiến Thụy, thành phố Hải Phòng",
                "xã Kiến Hải, thành phố Hải Phòng",
            ),
            (
                ("Bình Dương", "thành phố Thuận An", "phường An Phú"),
                "phường An Phú, thành phố Thuận An, tỉnh Bình Dương",
                "phường An Phú, Thành phố Hồ Chí Minh",
            ),
        ],
    )
    def test_it_knows_where_a_ward_of_2021_belongs_today(
        self, names: tuple[str, str, str], path: str, today: str
    ) -> None:
        province, district, ward = names
        unit = find(province_name=province, district_name=district, ward_name=ward)
        assert unit.path_name(MARCH_2021) == path
        assert unit.current_name(NOW) == today

    def test_a_ward_merged_before_2025_leads_on_to_today(self) -> None:
        unit = find(province_name="Hải Phòng", district_name="Kiến Thụy", ward_name="xã Thụy Hương")
        assert unit.valid_to == date(2024, 12, 31)
        assert [u.full_name_on(BEFORE_REFORM) for u in unit.current(BEFORE_REFORM)] == [
            "xã Kiến Hưng"
        ]
        assert "thành phố Hải Phòng" in unit.current_name(NOW)

    def test_binh_duong_has_belonged_to_ho_chi_minh_city_since_july_2025(self) -> None:
        binh_duong = find(province_name="Bình Dương")
        assert binh_duong.current(BEFORE_REFORM) == [binh_duong]
        assert binh_duong.current_name(BEFORE_REFORM) == ""
        assert binh_duong.current_name(REFORM) == "Thành phố Hồ Chí Minh"

    def test_hai_phong_and_hai_duong_became_one(self) -> None:
        merged = Division.objects.get(pk="2025-31")
        assert {unit.full_name_on(BEFORE_REFORM) for unit in merged.predecessors.all()} == {
            "thành phố Hải Phòng",
            "tỉnh Hải Dương",
        }

    @pytest.mark.parametrize(
        ("key", "day", "before", "after"),
        [
            ("2025-75", date(2026, 4, 30), "tỉnh Đồng Nai", "thành phố Đồng Nai"),
            ("2025-26368", date(2026, 4, 30), "xã Long Thành", "phường Long Thành"),
            ("2025-22", date(2026, 9, 1), "tỉnh Quảng Ninh", "thành phố Quảng Ninh"),
            ("2025-24", date(2026, 9, 20), "tỉnh Bắc Ninh", "thành phố Bắc Ninh"),
            ("2004-46", date(2025, 1, 1), "tỉnh Thừa Thiên Huế", "thành phố Huế"),
            ("2004-723", date(2023, 4, 10), "thị xã Tân Uyên", "thành phố Tân Uyên"),
            ("2004-721", date(2024, 5, 1), "thị xã Bến Cát", "thành phố Bến Cát"),
            ("2004-311", date(2025, 1, 1), "huyện Thủy Nguyên", "thành phố Thủy Nguyên"),
        ],
    )
    def test_a_change_of_kind_keeps_the_row_and_its_children(
        self, key: str, day: date, before: str, after: str
    ) -> None:
        unit = Division.objects.get(pk=key)
        assert unit.full_name_on(date.fromordinal(day.toordinal() - 1)) == before
        assert unit.full_name_on(day) == after
        if unit.level != Level.WARD:
            assert after in unit.children.all()[0].path_name(day)

    def test_a_ward_that_passed_to_another_district_says_so_by_day(self) -> None:
        names = {"province_name": "Thừa Thiên Huế", "district_name": "huyện Nam Đông"}
        unit = find(**names, ward_name="xã Hương Phú")
        assert unit.path_name(MARCH_2021) == "xã Hương Phú, huyện Nam Đông, tỉnh Thừa Thiên Huế"
        assert unit.path_name(BEFORE_REFORM) == "xã Hương Phú, huyện Phú Lộc, thành phố Huế"

    def test_a_divided_ward_names_each_of_its_successors(self) -> None:
        unit = find(province_name="Hải Phòng", district_name="Kiến Thụy", ward_name="Đại Hà")
        assert unit.current_name(NOW) == (
            "xã Kiến Thụy, thành phố Hải Phòng; xã Kiến Hưng, thành phố Hải Phòng"
        )

    def test_a_district_that_was_shared_out_belongs_to_its_province(self) -> None:
        unit = find(province_name="Hải Phòng", district_name="quận Ngô Quyền")
        assert unit.current_name(NOW) == "thành phố Hải Phòng"


@pytest.mark.usefixtures("divisions")
class TestFind:
    @pytest.mark.parametrize(
        ("province", "district", "ward", "key"),
        [
            ("TP Hải Phòng", "", "", "2004-31"),
            ("HẢI PHÒNG", "huyện Kiến Thuỵ", "", "2004-314"),
            ("hai phong", "kien thuy", "xa dai hop", "2004-11752"),
            ("Bình Dương", "TP Thuận An", "P. An Phú", "2004-25975"),
            ("tỉnh Bình Dương", "TP.Thuận An", "phường An Phú", "2004-25975"),
            ("Bình Dương", "thị xã Tân Uyên", "", "2004-723"),
            ("TP.HCM", "Q.1", "Bến Nghé", "2004-26740"),
            ("TPHCM", "Quận 4", "P9", "2004-27262"),
            ("Thành phố Hồ Chí Minh", "quận 4", "phường 09", "2004-27262"),
            ("Thừa Thiên Huế", "TP Huế", "phường Phường Đúc", "2004-19780"),
            ("Thừa Thiên Huế", "TP Huế", "Phường Đúc", "2004-19780"),
            ("Bà Rịa-Vũng Tàu", "", "", "2004-77"),
        ],
    )
    def test_it_finds_names_as_people_write_them(
        self, province: str, district: str, ward: str, key: str
    ) -> None:
        assert find(province_name=province, district_name=district, ward_name=ward).pk == key

    def test_it_finds_a_ward_of_today_without_a_district(self) -> None:
        assert find(NOW, province_name="Hải Phòng", ward_name="xã Kiến Hải").code == "11749"

    def test_it_asks_of_today_when_no_day_is_given(self) -> None:
        with time_machine.travel(datetime(2021, 8, 2).astimezone()):
            assert Division.objects.find(province_name="Hải Phòng").pk == "2004-31"
        with time_machine.travel(datetime(2026, 11, 23).astimezone()):
            assert Division.objects.find(province_name="Hải Phòng").pk == "2025-31"

    def test_accents_decide_between_namesakes(self) -> None:
        names = {"on": NOW, "province_name": "Hải Phòng"}
        assert find(**names, ward_name="Cẩm Giang").name == "Cẩm Giang"
        assert find(**names, ward_name="xã Cẩm Giàng").name == "Cẩm Giàng"

    def test_it_does_not_choose_between_two_that_fit(self) -> None:
        with pytest.raises(Division.MultipleObjectsReturned) as error:
            find(NOW, province_name="Hải Phòng", ward_name="cam giang")
        assert "xã Cẩm Giang, thành phố Hải Phòng; xã Cẩm Giàng" in str(error.value)

    @pytest.mark.parametrize(
        "names",
        [
            {},
            {"province_name": " - "},
            {"province_name": "Atlantis"},
            {"province_name": "Hải Phòng", "district_name": "thị xã Kiến Thụy"},
            {"province_name": "Hải Phòng", "district_name": "Kiến Thụy", "ward_name": "Máy Chai"},
            {"province_name": "Bình Dương", "district_name": "Kiến Thụy"},
        ],
    )
    def test_it_refuses_what_is_not_there(self, names: dict[str, str]) -> None:
        with pytest.raises(Division.DoesNotExist):
            find(**names)

    def test_the_refusal_names_what_was_typed_and_where_it_was_sought(self) -> None:
        with pytest.raises(Division.DoesNotExist, match="Máy Chai.*huyện Kiến Thụy.*2021"):
            find(province_name="Hải Phòng", district_name="Kiến Thụy", ward_name="Máy Chai")

    def test_a_search_matches_the_path_by_the_beginnings_of_words(self) -> None:
        found = Division.objects.valid(MARCH_2021).matching("dai hop kien thuy")
        assert [unit.pk for unit in found] == ["2004-11752"]
        assert Division.objects.valid(MARCH_2021).matching("kiến thuỵ")[0].pk == "2004-314"
        assert Division.objects.matching("Thừa Thiên Huế")[0].pk == "2004-46"

    def test_a_path_takes_no_query_of_its_own(self, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(1):
            wards = Division.objects.valid(NOW).wards().with_path()[:20]
            assert all(ward.path_name(NOW) for ward in wards)

    def test_the_successors_of_many_take_a_fixed_number_of_queries(
        self, django_assert_max_num_queries: Any
    ) -> None:
        kien_thuy = Division.objects.get(pk="2004-314")
        with django_assert_max_num_queries(3):
            assert all(u.current_name(NOW) for u in kien_thuy.children.with_current())


@pytest.mark.usefixtures("divisions")
class TestLoad:
    def test_a_second_load_changes_nothing_and_is_quick(self) -> None:
        started = time.process_time()
        assert load().is_up_to_date
        assert time.process_time() - started < 5

    def test_it_takes_seconds_into_an_empty_table(self) -> None:
        Division.successors.through.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM locations_division")
        started = time.process_time()
        assert load().new == 14_727
        assert time.process_time() - started < 30

    def test_it_corrects_what_differs_and_deletes_nothing(self) -> None:
        Division.objects.filter(pk="2004-11752").update(name="Dai Hop", folded_name="")
        ward = Division.objects.get(pk="2004-11752")
        ward.successors.set(["2025-75"])
        own = Division.objects.create(id="x-1", code="1", level=1, kind="province", name="Của tôi")
        loaded = load()
        assert (loaded.new, loaded.changed) == (0, 1)
        assert (loaded.links_added, loaded.links_removed) == (1, 1)
        ward.refresh_from_db()
        assert (ward.name, ward.folded_name) == ("Đại Hợp", "dai hop")
        assert Division.objects.filter(pk=own.pk).exists()

    def test_the_command_says_what_it_did(self) -> None:
        out = StringIO()
        call_command("load_divisions", stdout=out)
        assert out.getvalue() == "14727 divisions, already up to date.\n"

    def test_the_command_shows_progress_in_plain_lines(self) -> None:
        Division.objects.update(name="?")
        out = StringIO()
        call_command("load_divisions", stdout=out)
        lines = out.getvalue().splitlines()
        assert lines[0].startswith("Divisions: ")
        assert lines[-1].startswith("0 divisions added, 14727 changed, 0 unchanged")

    def test_a_damaged_file_is_refused_and_nothing_is_changed(self, tmp_path: Path) -> None:
        for content in (b"no gzip", gzip.compress(b"{"), gzip.compress(b'{"format": 0}')):
            damaged = tmp_path / "divisions.json.gz"
            damaged.write_bytes(content)
            with pytest.raises(CommandError, match=r"divisions\.json\.gz"):
                call_command("load_divisions", file=damaged)
        with pytest.raises(CommandError, match="cannot be read"):
            call_command("load_divisions", file=tmp_path / "missing.json.gz")
        assert load().is_up_to_date


@pytest.mark.usefixtures("divisions")
@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"valid_to": date(2025, 6, 30)}, "division_ends_after_start"),
        ({"parent": None}, "division_has_parent_unless_province"),
        ({"kind": "province"}, "division_kind_fits_level"),
        ({"latitude": None}, "division_point_is_whole"),
    ],
)
def test_the_database_refuses_a_senseless_division(
    changes: dict[str, Any], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Division.objects.filter(pk="2025-11359").update(**changes)


def test_the_file_is_small_and_the_same_records_give_the_same_bytes(tmp_path: Path) -> None:
    assert records.FILE.stat().st_size < 1_500_000
    copies = [tmp_path / "a.gz", tmp_path / "b.gz"]
    for copy in copies:
        records.write(reversed(records.read()), [LATEST, EARLIER], copy)
    assert copies[0].read_bytes() == copies[1].read_bytes()
    assert gzip.decompress(copies[0].read_bytes()) == gzip.decompress(records.FILE.read_bytes())


def test_building_without_the_packages_says_how_to_install_them(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=f"pip install .* {LATEST} {EARLIER}") as error:
        call_command("build_divisions", package_dir=tmp_path, file=tmp_path / "out")
    assert error.value.returncode == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(
    PathFinder.find_spec("vietnamadminunits") is None, reason="needs the source packages"
)
def test_building_again_gives_the_committed_records() -> None:
    built = build().records.values()
    assert sorted(built, key=lambda r: (len(r.id), r.id)) == records.read()


def test_names_from_the_older_list_are_written_as_in_the_newer() -> None:
    assert tidy("Huyện  Kiến Thuỵ") == "Huyện Kiến Thụy"
    assert tidy("Xã Quý Hoà") == "Xã Quý Hòa"
    assert tidy("Thị trấn N.T Phong Hải") == "Thị trấn Nông trường Phong Hải"


@pytest.mark.parametrize(
    ("official", "level", "full_name"),
    [
        ("Phường 09", Level.WARD, "Phường 9"),
        ("Thành phố Hồ Chí Minh", Level.PROVINCE, "Thành phố Hồ Chí Minh"),
        ("Thành phố Hải Phòng", Level.PROVINCE, "thành phố Hải Phòng"),
        ("Thị Xã Việt Yên", Level.DISTRICT, "thị xã Việt Yên"),
        ("Phường Phường Đúc", Level.WARD, "phường Phường Đúc"),
    ],
)
def test_official_names_are_read_and_written_by_the_rules(
    official: str, level: Level, full_name: str
) -> None:
    assert Title.parsed(official, level).full_name == full_name


def test_a_name_without_its_kind_is_not_an_official_name() -> None:
    with pytest.raises(ValueError, match="no kind of ward"):
        Title.parsed("Đại Hợp", Level.WARD)
