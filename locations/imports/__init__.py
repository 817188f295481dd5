"""Bulk import of exposure locations: a file becomes a preview, and the preview one batch.

sheets    the file as rows of cells: XLSX (`xlsx`, read by `xlsx_child`) or CSV (`delimited`)
columns   headings, English or Vietnamese
cells     one cell's text, moment, number or choice
places    names of wards and districts to units
grouping  rows to locations with their windows
preview   what the file would change; `hand_over` makes the batch
"""
