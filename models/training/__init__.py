"""The recipe of the embedded model: a folder of text in, one GGUF file out.

Flow: `corpus` (shards -> documents) -> `kinds` (what sort of text each is) -> `tokeniser` (byte-complete BPE) ->
`dataset` (token streams, windows) -> `network` + `muon` (llama architecture, optimiser) -> `loop` (training by the
clock) -> `measure` (bits per byte per kind) -> `export` (GGUF). Run it with `python -m nacomp.models.training train`.
Nothing here is imported by the rest of nacomp, and only `network`, `muon`, `loop` and `measure`
need PyTorch.
"""
