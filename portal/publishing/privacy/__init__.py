"""The privacy lint: what in a public text could point to a person.

Health offices were told in May 2021 to publish places and not patients, and
Decree 13/2023/NĐ-CP, art. 2, names as personal data what is looked for here: name, date of birth,
place of residence, telephone number, numbers of identity papers. The engine reads text and knows
nothing of entries; `checks` reads an entry's content.
"""

from portal.publishing.privacy.engine import findings, masked
from portal.publishing.privacy.rules import Finding, Rule

__all__ = ["Finding", "Rule", "findings", "masked"]
