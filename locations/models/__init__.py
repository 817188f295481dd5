from locations.models.division import Division
from locations.models.exposure_location import ExposureLocation
from locations.models.exposure_window import ExposureWindow
from locations.models.flight import Flight
from locations.models.province import Hotline, OfficialAccount, Province, SupportLink

__all__ = [
    "Division",
    "ExposureLocation",
    "ExposureWindow",
    "Flight",
    "Hotline",
    "OfficialAccount",
    "Province",
    "SupportLink",
]
