"""The methods that a compact archive names by one number instead of writing them out (SPEC.md, section 14.1).

A row is never changed or taken out, or archives that name it would decode to something else; new ones go to the end.
"""

from nacomp.formats.limits import DEFAULT_LIMITS
from nacomp.formats.methods import Method, decode_methods

# Canonical JSON, as in a methods table: each number's model, numerics and predictor settings to the last digit.
PRESETS_TABLE = (
    b'[{"kind":"stored","parameters":{}},{"kind":"zstd","parameters":{}},{"kind":"ppmd","parameters":{"memory":6710886'
    b'4,"order":6}},{"kind":"ppmd","parameters":{"memory":67108864,"order":12}},{"kind":"lzma","parameters":{"filters"'
    b':[{"id":"lzma2"}]}},{"kind":"mixed","parameters":{"predictor":"mixing-6"}},{"kind":"neural","parameters":{"coder'
    b'":"range24-pages-1","context":{"sinks":4,"window":512},"engine":{"engine":"exact","numerics":"exact-1"},"ensembl'
    b'e":{"bias_rate":30000,"chain":6,"column_rate":8000,"gap_rate":3277,"id":"ensemble-1","match_minimum":6,"ngram_or'
    b'ders":5,"pair_rate":13107,"recency_rate":3277,"skip":true,"skip_queue":32,"skip_regime":65536,"table_bits":16},"'
    b'model":{"id":"embedded","sha256":"324c0dee81be6020179509ef24183843311cdb4fc683f5dde532155d8fc211ea"}}},{"kind":"'
    b'neural","parameters":{"coder":"range24-pages-1","context":{"sinks":4,"window":1024},"engine":{"engine":"exact","'
    b'numerics":"exact-1"},"ensemble":{"bias_rate":30000,"chain":6,"column_rate":8000,"gap_rate":3277,"id":"ensemble-1'
    b'","match_minimum":6,"ngram_orders":5,"pair_rate":13107,"recency_rate":3277,"skip":true,"skip_queue":32,"skip_reg'
    b'ime":65536,"table_bits":16},"model":{"id":"smollm2-135m-instruct-q4_1","sha256":"b179c9523d0e6a0f98a330c7562b682'
    b'750a6f8c8c15e5bc70ea373728110db53"}}},{"kind":"neural","parameters":{"coder":"range24-pages-1","context":{"sinks'
    b'":4,"window":1024},"engine":{"engine":"exact","numerics":"exact-1"},"ensemble":{"bias_rate":30000,"chain":6,"col'
    b'umn_rate":8000,"gap_rate":3277,"id":"ensemble-1","match_minimum":6,"ngram_orders":5,"pair_rate":13107,"recency_r'
    b'ate":3277,"skip":true,"skip_queue":32,"skip_regime":65536,"table_bits":16},"model":{"id":"smollm2-135m","sha256"'
    b':"b761d9ccdfce67726e41ca2ef30e9dfbcf6a32ca2aaef47df5c049ec362d04cd"}}},{"kind":"neural","parameters":{"coder":"r'
    b'ange24-pages-1","context":{"sinks":4,"window":1024},"engine":{"engine":"exact","numerics":"exact-2"},"ensemble":'
    b'{"bias_rate":30000,"chain":6,"column_rate":8000,"gap_rate":3277,"id":"ensemble-1","match_minimum":6,"ngram_order'
    b's":5,"pair_rate":13107,"recency_rate":3277,"skip":true,"skip_queue":32,"skip_regime":65536,"table_bits":16},"mod'
    b'el":{"id":"gemma-3-270m","sha256":"a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"}}},{"kind":'
    b'"neural","parameters":{"coder":"mixing-6","context":{"sinks":4,"window":512},"engine":{"engine":"exact","numeric'
    b's":"exact-1"},"ensemble":{"bias_rate":30000,"chain":6,"column_rate":8000,"gap_rate":3277,"id":"ensemble-1","matc'
    b'h_minimum":6,"ngram_orders":5,"pair_rate":13107,"recency_rate":3277,"skip":true,"skip_queue":32,"skip_regime":65'
    b'536,"table_bits":16},"model":{"id":"embedded","sha256":"324c0dee81be6020179509ef24183843311cdb4fc683f5dde532155d'
    b'8fc211ea"}}},{"kind":"neural","parameters":{"coder":"mixing-6","context":{"sinks":4,"window":1024},"engine":{"en'
    b'gine":"exact","numerics":"exact-1"},"ensemble":{"bias_rate":30000,"chain":6,"column_rate":8000,"gap_rate":3277,"'
    b'id":"ensemble-1","match_minimum":6,"ngram_orders":5,"pair_rate":13107,"recency_rate":3277,"skip":true,"skip_queu'
    b'e":32,"skip_regime":65536,"table_bits":16},"model":{"id":"smollm2-135m-instruct-q4_1","sha256":"b179c9523d0e6a0f'
    b'98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"}}},{"kind":"neural","parameters":{"coder":"mixing-6","context"'
    b':{"sinks":4,"window":1024},"engine":{"engine":"exact","numerics":"exact-1"},"ensemble":{"bias_rate":30000,"chain'
    b'":6,"column_rate":8000,"gap_rate":3277,"id":"ensemble-1","match_minimum":6,"ngram_orders":5,"pair_rate":13107,"r'
    b'ecency_rate":3277,"skip":true,"skip_queue":32,"skip_regime":65536,"table_bits":16},"model":{"id":"smollm2-135m",'
    b'"sha256":"b761d9ccdfce67726e41ca2ef30e9dfbcf6a32ca2aaef47df5c049ec362d04cd"}}},{"kind":"neural","parameters":{"c'
    b'oder":"mixing-6","context":{"sinks":4,"window":1024},"engine":{"engine":"exact","numerics":"exact-2"},"ensemble"'
    b':{"bias_rate":30000,"chain":6,"column_rate":8000,"gap_rate":3277,"id":"ensemble-1","match_minimum":6,"ngram_orde'
    b'rs":5,"pair_rate":13107,"recency_rate":3277,"skip":true,"skip_queue":32,"skip_regime":65536,"table_bits":16},"mo'
    b'del":{"id":"gemma-3-270m","sha256":"a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"}}}]'
)
PRESETS: tuple[Method, ...] = decode_methods(PRESETS_TABLE, DEFAULT_LIMITS)
STORED = 0
"""The number of the method without a codec, which an empty content has."""


def preset_of(method: Method) -> int | None:
    """The number of a method, or None if it has to be written out."""
    return PRESETS.index(method) if method in PRESETS else None
