"""The catalogue as files that curators correct in a spreadsheet: exported, and imported after a preview.

`columns` and whatever imports it needs django-import-export, and XLSX needs openpyxl. Both are imported where a page
asks for them and never when the site starts: most processes never need them, and they take memory.
"""
