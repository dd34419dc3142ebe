"""Coefficients of JPEG pictures: a file taken apart, coded by what lies around each of them, and put together (formats/JPEG.md)."""
