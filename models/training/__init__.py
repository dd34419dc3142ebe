"""The recipe of the embedded model: a folder of text in, one GGUF file out.

Flow: `gather` (folders -> one more shard, if wanted) -> `corpus` (shards -> documents) -> `kinds` (what sort of text
each is) -> `tokeniser` (byte-complete BPE) -> `dataset` (token streams, windows) -> `pieces` (files of them that travel to
a GPU) -> `network` + `muon` (llama architecture, optimiser) -> `loop` (training by the clock) -> `measure` (bits per byte
per kind) -> `export` (GGUF).
Run it with `python -m nacomp.models.training prepare` and `train`; README.md beside this has the commands in order.
Nothing here is imported by the rest of nacomp, and only `network`, `muon`, `loop` and `measure`
need PyTorch (`pip install 'nacomp[train]'`; its CPU build will do).

On Linux, glibc's malloc gives large blocks back and clears them anew for every tensor; these settings in the
environment made training 12% faster on two cores: MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=33554432
MALLOC_TRIM_THRESHOLD_=4000000000 MALLOC_TOP_PAD_=268435456.
"""
