"""A long list to choose from is written as Django writes it."""

import pytest
from django import forms

from portal.web.selects import LongSelect

CHOICES = [("", "all"), ("2004-1", "Xã <Đại> & Hợp"), (3, "three"), ('"', "quoted")]


@pytest.mark.parametrize("value", ["", None, "2004-1", 3, '"', "unknown"])
@pytest.mark.parametrize("attrs", [{}, {"id": "id_ward", "aria-invalid": "true"}])
def test_it_is_what_django_would_write(value, attrs):
    long, plain = (
        kind(attrs={"class": "units"}, choices=CHOICES) for kind in (LongSelect, forms.Select)
    )
    assert long.render("ward", value, attrs) == plain.render("ward", value, attrs)


def test_it_is_escaped():
    assert "Xã &lt;Đại&gt; &amp; Hợp" in LongSelect(choices=CHOICES).render("ward", "")
