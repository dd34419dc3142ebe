"""Coefficients of JPEG pictures: coded by what lies around each of them, and files put together again (formats/JPEG.md)."""
