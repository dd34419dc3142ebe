"""What the archive records about the ensemble: every number that touches a coded probability.

Only integers and booleans stand here, because a decimal fraction in a header is an invitation to parse it
differently. Rates are therefore given in units of 1/65,536 unless a comment says otherwise.
"""

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Any, ClassVar

from nacomp.formats.errors import CorruptArchive, UnsupportedArchive
from nacomp.formats.records import dataclass

ENSEMBLE_ID = "ensemble-1"
"""One id for the arithmetic of all predictors (formats/PREDICTORS.md). Any change to the bits is a new id."""


@dataclass(frozen=True)
class EnsembleParameters:
    """Sizes, rates and switches of the predictors of one block. Bounds: `LIMITS`, inclusive.

    Attributes:
        ngram_orders: longest n-gram context in symbols; 0 switches the n-gram model off.
        table_bits: each order has 2^table_bits slots. Memory: 21 MB at 16, 84 MB at 18, and 4 bytes per token of
            the vocabulary and stream.
        match_minimum: shortest repeat the match model looks for, in symbols; 0 switches it off.
        chain: most candidates that the mixer decides on, one after the other; 0 leaves the base row as it is.
        bias_rate: learning rate of the bias on each token's logit, 1/65,536; 0 switches it off. Likewise the context biases:
        pair_rate: by the previous symbol.
        gap_rate: by the symbol before that.
        column_rate: by the bytes since the last line end.
        recency_rate: by how long ago the stream had the token.
        skip: whether symbols that the symbol models are sure of are coded without the language model.
        skip_regime: the recent accuracy of the symbol models, in 1/65,536, from which on the language model is not
            asked at all; 65,536 is never.
        skip_queue: how many of the latest skipped tokens enter the model's context when it is next needed.
    """

    LIMITS: ClassVar[dict[str, tuple[int, int]]] = {
        "ngram_orders": (0, 6),
        "table_bits": (8, 20),
        "match_minimum": (0, 32),
        "chain": (0, 16),
        "bias_rate": (0, 65536),
        "pair_rate": (0, 65536),
        "gap_rate": (0, 65536),
        "column_rate": (0, 65536),
        "recency_rate": (0, 65536),
        "skip": (0, 1),
        "skip_regime": (0, 65536),
        "skip_queue": (1, 64),
    }

    ngram_orders: int = 5
    table_bits: int = 16
    match_minimum: int = 6
    chain: int = 6
    # The longest context and the rates but recency's were chosen with SmolLM2 on seven Canterbury texts, 0.1% smaller than
    # the choice before (6, 39322, 19661, 6554, 13107). On six other texts: 0.10% smaller with SmolLM2, 0.04% larger
    # with the embedded model. It matters little.
    bias_rate: int = 30000
    pair_rate: int = 13107
    gap_rate: int = 3277
    column_rate: int = 8000
    recency_rate: int = 3277
    skip: bool = True
    skip_regime: int = 65536
    skip_queue: int = 32

    def __post_init__(self) -> None:
        for name, (low, high) in self.LIMITS.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise ValueError(f"{name} is {value}, expected {low} to {high}")

    def table_bytes(self, vocabulary: int, streams: int) -> int:
        """About the memory that the predictors of a block take, in bytes, for a vocabulary of so many tokens."""
        followers, biases, match = 36 * self.ngram_orders, 3 * 4 * 8, 16
        return ((followers + biases + match) << self.table_bits) + 4 * vocabulary * (streams + 8)

    def to_json(self) -> dict[str, int | bool | str]:
        """A flat object for the archive's header."""
        return {"id": ENSEMBLE_ID, **asdict(self)}

    @classmethod
    def model_alone(cls) -> "EnsembleParameters":
        """Everything switched off: what the language model makes by itself, for comparison."""
        rates = dict.fromkeys(("bias_rate", "pair_rate", "gap_rate", "column_rate", "recency_rate"), 0)
        return cls(ngram_orders=0, match_minimum=0, chain=0, skip=False, **rates)

    def changed(self, settings: str) -> "EnsembleParameters":
        """These parameters with `NAME=VALUE,...` in place, for measurements. Raises ValueError for what they cannot be."""
        changes: dict[str, Any] = {}
        for setting in settings.split(","):
            name, _, value = setting.partition("=")
            if name not in self.LIMITS:
                known = ", ".join(self.LIMITS)
                raise ValueError(f"there is no predictor setting {name!r}; there are {known}")
            number = int(value)
            changes[name] = bool(number) if name == "skip" and number in (0, 1) else number
        return replace(self, **changes)

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> "EnsembleParameters":
        """The parameters an archive records. Raises UnsupportedArchive for an unknown id, CorruptArchive otherwise."""
        if value.get("id") != ENSEMBLE_ID:
            raise UnsupportedArchive(needed=f"the predictors {value.get('id')!r}")
        found = {key: item for key, item in value.items() if key != "id"}
        expected = {field.name: field.type for field in fields(cls)}
        if found.keys() != expected.keys():
            raise CorruptArchive(
                reason=f"predictor settings {sorted(found.keys() ^ expected.keys())} do not fit"
            )
        for name, item in found.items():
            if type(item) is not expected[name]:
                raise CorruptArchive(reason=f"predictor setting {name} has the wrong type")
        try:
            return cls(**found)  # type: ignore[arg-type]
        except ValueError as error:
            raise CorruptArchive(reason=str(error)) from error
