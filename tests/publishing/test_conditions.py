"""What is told without the database is what the database says."""

from datetime import date, time

import pytest
from django.db.models import CheckConstraint
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from locations.models import ExposureLocation, ExposureWindow
from portal.publishing.conditions import truth

days = (
    st.none()
    | st.dates(date(2019, 11, 29), date(2019, 12, 3))
    | st.dates(max_value=date(9000, 1, 1))
)
hours = st.none() | st.sampled_from([time(8), time(9), time(0)])
degrees = st.none() | st.floats(-200, 200)
windows = st.builds(
    ExposureWindow, starts_on=days, starts_time=hours, ends_on=days, ends_time=hours
)
locations = st.builds(
    ExposureLocation, latitude=degrees, longitude=degrees,
    state=st.sampled_from(["draft", "published"]),
    revision_number=st.integers(0, 1), code=st.sampled_from(["ABC234", "0ABC234"]),
    is_exercise=st.booleans(),
)  # fmt: skip


@pytest.mark.django_db
@settings(
    max_examples=150, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(windows | locations)
def test_a_condition_holds_here_exactly_if_the_database_says_so(row):
    for constraint in row._meta.constraints:
        if isinstance(constraint, CheckConstraint):
            against = row._get_field_expression_map(meta=row._meta)
            told = truth(constraint.condition, row)
            assert told is None or told == constraint.condition.check(against), constraint.name
