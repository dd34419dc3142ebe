"""The methods that a compact archive names by one number instead of writing them out (SPEC.md, section 14.1).

A row is never changed or taken out, or archives that name it would decode to something else; new ones go to the end.
"""

from nacomp.formats.limits import DEFAULT_LIMITS
from nacomp.formats.methods import Method, decode_methods

# Canonical JSON, as in a methods table: each number's model, numerics and predictor settings to the last digit.
PRESETS_TABLE = (
    b'[{"kind":"stored","parameters":{}},{"kind":"zstd","parameters":{}},{"kind":"ppmd","parameters":{"memory":67108864'
    b',"order":6}},{"kind":"ppmd","parameters":{"memory":67108864,"order":12}},{"kind":"lzma","parameters":{"filters":['
    b'{"id":"lzma2"}]}},{"kind":"mixed","parameters":{"predictor":"mixing-3"}},{"kind":"neural","parameters":{"coder":"'
    b'range24-pages-1","context":{"sinks":4,"window":512},"engine":{"engine":"exact","numerics":"exact-1"},"ensemble":{'
    b'"bias_rate":30000,"chain":6,"column_rate":8000,"gap_rate":3277,"id":"ensemble-1","match_minimum":6,"ngram_orders"'
    b':5,"pair_rate":13107,"recency_rate":3277,"skip":true,"skip_queue":32,"skip_regime":65536,"table_bits":16},"model"'
    b':{"id":"embedded","sha256":"324c0dee81be6020179509ef24183843311cdb4fc683f5dde532155d8fc211ea"}}},{"kind":"neural"'
    b',"parameters":{"coder":"range24-pages-1","context":{"sinks":4,"window":1024},"engine":{"engine":"exact","numerics'
    b'":"exact-1"},"ensemble":{"bias_rate":30000,"chain":6,"column_rate":8000,"gap_rate":3277,"id":"ensemble-1","match_'
    b'minimum":6,"ngram_orders":5,"pair_rate":13107,"recency_rate":3277,"skip":true,"skip_queue":32,"skip_regime":65536'
    b',"table_bits":16},"model":{"id":"smollm2-135m-instruct-q4_1","sha256":"b179c9523d0e6a0f98a330c7562b682750a6f8c8c1'
    b'5e5bc70ea373728110db53"}}},{"kind":"neural","parameters":{"coder":"range24-pages-1","context":{"sinks":4,"window"'
    b':1024},"engine":{"engine":"exact","numerics":"exact-1"},"ensemble":{"bias_rate":30000,"chain":6,"column_rate":800'
    b'0,"gap_rate":3277,"id":"ensemble-1","match_minimum":6,"ngram_orders":5,"pair_rate":13107,"recency_rate":3277,"ski'
    b'p":true,"skip_queue":32,"skip_regime":65536,"table_bits":16},"model":{"id":"smollm2-135m","sha256":"b761d9ccdfce6'
    b'7726e41ca2ef30e9dfbcf6a32ca2aaef47df5c049ec362d04cd"}}},{"kind":"neural","parameters":{"coder":"range24-pages-1",'
    b'"context":{"sinks":4,"window":1024},"engine":{"engine":"exact","numerics":"exact-2"},"ensemble":{"bias_rate":3000'
    b'0,"chain":6,"column_rate":8000,"gap_rate":3277,"id":"ensemble-1","match_minimum":6,"ngram_orders":5,"pair_rate":1'
    b'3107,"recency_rate":3277,"skip":true,"skip_queue":32,"skip_regime":65536,"table_bits":16},"model":{"id":"gemma-3-'
    b'270m","sha256":"a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"}}}]'
)
PRESETS: tuple[Method, ...] = decode_methods(PRESETS_TABLE, DEFAULT_LIMITS)
STORED = 0
"""The number of the method without a codec, which an empty content has."""


def preset_of(method: Method) -> int | None:
    """The number of a method, or None if it has to be written out."""
    return PRESETS.index(method) if method in PRESETS else None
