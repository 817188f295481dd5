"""The outlines of the map: all there, where they are on the earth, and built the same again."""

import gzip
import json
from math import degrees, log, pi, radians, tan

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from locations.divisions import records
from locations.divisions.titles import Kind, Level
from locations.management.commands.build_outlines import FILE
from locations.outlines import build, drawing
from locations.outlines.geometry import area, contains
from locations.outlines.projection import MAINLAND
from locations.outlines.simplify import join, simplify, weld

# West, south, east, north, in degrees: the islands' own extent.
HOANG_SA = (111.0, 15.6, 113.0, 17.2)
TRUONG_SA = (109.4, 6.5, 118.0, 12.0)
# Points on land that an outline must have, and points that it must not, from any atlas.
LAND = {
    "Hà Giang": (105.32, 23.30),  # Lũng Cú, the northernmost
    "Cà Mau": (104.80, 8.66),  # near Mũi Cà Mau, the southernmost of the mainland
    "Điện Biên": (102.22, 22.38),  # near A Pa Chải, the westernmost
    "Khánh Hòa": (109.19, 12.24),  # Nha Trang
    "Kiên Giang": (104.00, 10.25),  # the island of Phú Quốc
    "Hà Nội": (105.85, 21.03),  # Hoàn Kiếm
    "Hồ Chí Minh": (106.70, 10.78),
}
SEA = [(107.0, 20.3), (109.8, 14.0), (107.0, 9.5), (104.2, 9.2)]


@pytest.fixture(scope="module")
def content():
    return json.loads((settings.BASE_DIR / FILE).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def outlines(content):
    return content["outlines"]


def called(outlines, name: str):
    return next(outline for outline in outlines if outline["name"] == name)


def holds(outline, point) -> bool:
    return any(contains(ring, point) for ring in build.rings_of(outline))


def extent(outline) -> tuple[float, float, float, float]:
    points = [point for ring in build.rings_of(outline) for point in ring]
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def test_all_63_provinces_are_there_and_belong_to_the_34(outlines):
    divisions = {record.id: record for record in records.read()}
    provinces = [outline for outline in outlines if "archipelago" not in outline]
    assert len(provinces) == 63
    eras = [outline["divisions"] for outline in provinces]
    assert all(len(keys) == 2 for keys in eras)
    for position, count in (("2004-", 63), ("2025-", 34)):
        units = {key for keys in eras for key in keys if key.startswith(position)}
        assert len(units) == count
        assert all(Kind(divisions[key].kind).level is Level.PROVINCE for key in units)
    for outline in provinces:
        assert divisions[outline["divisions"][0]].name == outline["name"]


@pytest.mark.parametrize(
    ("name", "province", "least", "box"),
    [("hoang-sa", "Đà Nẵng", 19, HOANG_SA), ("truong-sa", "Khánh Hòa", 50, TRUONG_SA)],
)
def test_the_archipelagos_are_there_and_where_they_are(name, province, least, box, outlines):
    (outline,) = (found for found in outlines if found.get("archipelago") == name)
    assert outline["divisions"] == called(outlines, province)["divisions"]
    rings = build.rings_of(outline)
    assert len(rings) >= least
    assert all(area(ring) > 0 for ring in rings)
    west, south, east, north = extent(outline)
    assert box[0] < west and box[1] < south and east < box[2] and north < box[3]
    x, y = outline["label"]
    assert west < x < east and south < y < north


def test_islands_lie_where_charts_have_them(outlines):
    """Phú Lâm and Tri Tôn in Hoàng Sa; Đá Đông and Phan Vinh in Trường Sa."""
    charted = {
        "Hoang Sa": [(112.34, 16.83), (111.20, 15.78)],
        "Truong Sa": [(112.58, 8.83), (113.69, 8.97)],
    }
    for name, points in charted.items():
        islets = [[sum(v) / len(v) for v in zip(*ring, strict=True)]
                  for ring in build.rings_of(called(outlines, name))]  # fmt: skip
        for x, y in points:
            assert min(abs(x - ix) + abs(y - iy) for ix, iy in islets) < 0.06


def test_known_land_is_land_and_known_sea_is_sea(outlines):
    for name, point in LAND.items():
        assert holds(called(outlines, name), point), name
    for point in SEA:
        assert not any(holds(outline, point) for outline in outlines), point


def test_the_mainland_reaches_as_far_as_it_does(outlines):
    """The extremes of the country within 3 km (0.03°)."""
    mainland = [extent(outline) for outline in outlines if "archipelago" not in outline]
    assert min(west for west, *_ in mainland) == pytest.approx(102.14, abs=0.03)
    assert max(north for *_, north in mainland) == pytest.approx(23.39, abs=0.03)
    assert max(east for *_, east, _ in mainland) == pytest.approx(109.46, abs=0.03)


def test_wards_and_provinces_lie_in_their_outlines(content, outlines):
    divisions = records.read()
    assert build.right_share(content, divisions) >= 0.98
    provinces = [record for record in divisions if record.id.startswith("2004-")
                 and Kind(record.kind).level is Level.PROVINCE]  # fmt: skip
    inside = {record.name: holds(called(outlines, record.name),
                                 (record.longitude, record.latitude))
              for record in provinces}  # fmt: skip
    assert inside["Hải Phòng"]
    assert sum(inside.values()) >= 61, [name for name, found in inside.items() if not found]
    assert all(holds(outline, outline["label"]) for outline in outlines
               if "archipelago" not in outline)  # fmt: skip


def test_neighbours_share_their_border(outlines):
    """Of Hải Dương, which has only neighbours, hardly a side is its own."""

    def sides(outline) -> set:
        rings = build.rings_of(outline)
        return {frozenset(side) for ring in rings for side in zip(ring, [*ring[1:], ring[0]],
                                                                  strict=True)}  # fmt: skip

    own = sides(called(outlines, "Hải Dương"))
    others = set().union(*(sides(o) for o in outlines if o["name"] != "Hải Dương"))
    assert len(own & others) / len(own) > 0.9


def test_districts_lie_in_their_province(outlines):
    found = [
        holds(outline, (x / 1000, y / 1000))
        for outline in outlines
        for _, x, y in outline.get("districts", [])
    ]
    assert len(found) == 691
    assert sum(found) / len(found) > 0.98
    names = {name for name, _, _ in called(outlines, "Hồ Chí Minh")["districts"]}
    assert {"Quận 1", "Củ Chi"} <= names


def test_the_file_is_small_and_says_whose_it_is(content):
    assert len(gzip.compress((settings.BASE_DIR / FILE).read_bytes())) < 60_000
    assert (content["source"], content["licence"][:9]) == ("@svg-maps/vietnam 2.0.0", "CC BY 4.0")


def test_the_file_is_what_the_command_writes(content, tmp_path):
    again = tmp_path / "outlines.json"
    build.write(content, again)
    assert again.read_bytes() == (settings.BASE_DIR / FILE).read_bytes()


def projected(latitude: float) -> float:
    """How far from the equator Mercator's projection draws `latitude`; both in degrees."""
    return degrees(log(tan(pi / 4 + radians(latitude) / 2)))


@pytest.fixture
def package(tmp_path, outlines):
    """A package like the real one, drawn from our own file: every outline by its place."""

    def path(outline) -> str:
        label = outline["name"]
        rings = build.rings_of(outline)
        steps = [
            "M " + " L ".join(
                f"{(x - MAINLAND.west) / MAINLAND.scale:.4f},"
                f"{(MAINLAND.north - projected(y)) / MAINLAND.scale:.4f}"
                for x, y in ring
            ) + " Z"
            for ring in rings
        ]  # fmt: skip
        return f'<path aria-label="{label}" d="{" ".join(steps)}"/>'

    drawn = "\n".join(map(path, outlines))
    (tmp_path / "vietnam.svg").write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg">{drawn}</svg>', encoding="utf-8"
    )
    (tmp_path / "package.json").write_text(json.dumps(build.PACKAGE))
    return tmp_path


def test_the_command_builds_the_same_twice(package, tmp_path, capsys, outlines):
    files = [tmp_path / "one.json", tmp_path / "two.json"]
    for file in files:
        call_command("build_outlines", package_dir=package, file=file)
    assert files[0].read_bytes() == files[1].read_bytes()
    built = json.loads(files[0].read_text())["outlines"]
    assert [o["name"] for o in built] == [o["name"] for o in outlines]
    # What is simplified already stays what it is.
    for was, now in zip(outlines, built, strict=True):
        if was["name"] != "Hoang Sa":  # drawn in another scale
            assert extent(now) == pytest.approx(extent(was), abs=0.005)
    assert "65 outlines" in capsys.readouterr().out


def refused(package, tmp_path) -> str:
    with pytest.raises(CommandError) as refusal:
        call_command("build_outlines", package_dir=package, file=tmp_path / "new.json")
    assert not (tmp_path / "new.json").exists()
    return str(refusal.value)


def test_another_version_is_refused(package, tmp_path):
    (package / "package.json").write_text('{"name": "@svg-maps/vietnam", "version": "3.0.0"}')
    assert "3.0.0, not @svg-maps/vietnam 2.0.0" in refused(package, tmp_path)
    assert "is not the unpacked package" in refused(tmp_path / "nowhere", tmp_path)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('aria-label="Hải Phòng"', 'aria-label="Atlantis"', "Atlantis, which is no province"),
        ('aria-label="Truong Sa"', 'aria-label="Hoang Sa"', "lacks Truong Sa"),
        (" Z", "", "not closed"),
        ("M ", "Q ", "the command 'Q'"),
        ("<svg", "<svg<", "is not SVG"),
        ("<path", "<g", "has no outlines"),
    ],
)
def test_a_drawing_that_is_another_is_refused(before, after, said, package, tmp_path):
    file = package / "vietnam.svg"
    file.write_text(file.read_text().replace(before, after))
    assert said in refused(package, tmp_path)


def test_a_drawing_in_the_wrong_place_is_refused(package, tmp_path):
    """Two provinces changed for one another: their wards are in neither."""
    file = package / "vietnam.svg"
    text = file.read_text().replace('"Hà Nội"', '"x"').replace('"Thanh Hóa"', '"Hà Nội"')
    file.write_text(text.replace('"x"', '"Thanh Hóa"'))
    assert "of the wards lie in their own province" in refused(package, tmp_path)


def test_curves_and_relative_steps_are_read(tmp_path):
    file = tmp_path / "drawing.svg"
    path = "m 1,1 2,0 0,2 z M 10 10 c 0,0 5,5 2,0 l -1e0,.5 Z"
    file.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg"><path aria-label="A" d="{path}"/></svg>'
    )
    assert drawing.read(file) == {"A": [[(1, 1), (3, 1), (3, 3)], [(10, 10), (12, 10), (11, 10.5)]]}


LEFT = [(0.0, 0.0), (1.0, 0.0), (1.0, 0.5), (1.0, 1.0), (0.0, 1.0)]
RIGHT = [(1.02, 0.0), (2.0, 0.0), (2.0, 1.0), (1.02, 1.0), (1.02, 0.5)]


def test_two_borders_become_one_and_two_parts_one_whole():
    welded = weld({"left": [LEFT], "right": [RIGHT]}, 0.03)
    assert {(1.0, 0.0), (1.0, 0.5), (1.0, 1.0)} <= set(welded["right"][0])
    (whole,) = join([*welded["left"], *welded["right"]])
    assert area(whole) == 2
    assert (1.0, 0.5) not in whole


def test_neighbours_lose_the_same_points():
    welded = weld({"left": [LEFT], "right": [RIGHT]}, 0.03)
    simple = simplify(welded, 0.1)
    assert all((1.0, 0.5) not in ring for rings in simple.values() for ring in rings)
    assert {(1.0, 0.0), (1.0, 1.0)} <= set(simple["left"][0]) & set(simple["right"][0])
