"""The widgets. They display and pass on clicks; what a click means is decided elsewhere."""
