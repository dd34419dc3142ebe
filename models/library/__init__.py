"""The models there are: the catalogue, what lies on this machine, downloads, and reading a GGUF file."""
