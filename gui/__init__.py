"""The desktop application. The only package that may import PySide6."""
