from locations.admin.divisions import DivisionAdmin
from locations.admin.exposure_locations import ExposureLocationAdmin
from locations.admin.flights import FlightAdmin
from locations.admin.provinces import ProvinceAdmin

__all__ = ["DivisionAdmin", "ExposureLocationAdmin", "FlightAdmin", "ProvinceAdmin"]
