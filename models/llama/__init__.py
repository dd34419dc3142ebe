"""The llama.cpp engine: any GGUF architecture, CPU or GPU, guarded by a fingerprint."""
