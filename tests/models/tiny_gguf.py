"""Writes tiny GGUF models of random weights, with everything a real one has, for tests of any package.

llama.cpp can load them too. The vocabulary is byte-level BPE: one document separator, the 256 bytes, then merges; or
SentencePiece: four control tokens, the 256 bytes, then pieces of the alphabet with scores.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import gguf
import numpy as np
from gguf.constants import GGML_QUANT_SIZES
from gguf.quants import quantize
from numpy.typing import NDArray

from nacomp.models.exact.architecture import ARCHITECTURES, Local
from nacomp.models.tokens.token_table import byte_alphabet

Kind: TypeAlias = gguf.GGMLQuantizationType

# Where a K-quant block keeps its float16 scales, by block format.
SCALE_OFFSETS = {
    Kind.Q2_K: (80, 82),
    Kind.Q3_K: (108,),
    Kind.Q4_K: (0, 2),
    Kind.Q5_K: (0, 2),
    Kind.Q6_K: (208,),
}


@dataclass(frozen=True)
class TinyModel:
    """Shape and storage of a model to write; names as in `nacomp.models.exact.weights.Hyperparameters`.

    Attributes:
        head_size: width / heads if None.
        tied: whether the output matrix is the embedding.
        kind: storage of the matrices; block formats need `width` and `hidden` in whole blocks.
        rope_factors: whether there is a `rope_freqs.weight` as in Llama 3.1.
        scale: standard deviation of the weights times the square root of their input width; 2 gives sharp logits.
        control: whether every token is a control token, so that none stands for any bytes.
        filled: tensors that hold one value throughout.
        longest: bytes of the last token, where it stands for more than its merge made.
        architecture: a row of `nacomp.models.exact.architecture.ARCHITECTURES`; its parts are written.
        span: how far local layers with a window look.
        stretch: factor of linear rotary scaling; 1 for none.
        sentencepiece: whether the vocabulary is of that kind.
    """

    layers: int = 2
    width: int = 32
    heads: int = 4
    kv_heads: int = 2
    head_size: int | None = None
    hidden: int = 64
    vocabulary: int = 300
    context: int = 8192
    theta: float = 10_000.0
    tied: bool = True
    kind: Kind = Kind.F32
    rope_factors: bool = False
    scale: float = 2.0
    seed: int = 1
    control: bool = False
    filled: tuple[tuple[str, float], ...] = ()
    longest: int = 0
    architecture: str = "llama"
    span: int = 24
    stretch: float = 1.0
    sentencepiece: bool = False


def write_tiny_gguf(path: Path, model: TinyModel | None = None) -> Path:
    """Write one model to `path`, the same bytes every time; returns `path`."""
    model = model or TinyModel()
    writer = gguf.GGUFWriter(path, model.architecture)
    _add_shape(writer, model)
    if model.sentencepiece:
        _add_pieces(writer, model.vocabulary)
    else:
        _add_tokens(writer, model.vocabulary, model.control, model.longest)
    for name, values in _tensors(model).items():
        _add_tensor(writer, name, values, model)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _add_shape(writer: gguf.GGUFWriter, model: TinyModel) -> None:
    head_size = model.head_size or model.width // model.heads
    writer.add_name("tiny")
    writer.add_context_length(model.context)
    writer.add_embedding_length(model.width)
    writer.add_block_count(model.layers)
    writer.add_feed_forward_length(model.hidden)
    writer.add_head_count(model.heads)
    writer.add_head_count_kv(model.kv_heads)
    writer.add_key_length(head_size)
    writer.add_value_length(head_size)
    writer.add_rope_dimension_count(head_size)
    writer.add_rope_freq_base(model.theta)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(model.vocabulary)
    if model.stretch != 1:
        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(model.stretch)
    parts = ARCHITECTURES.get(model.architecture)
    if parts is not None and parts.local is Local.WINDOW:
        writer.add_sliding_window(model.span)
        writer.add_uint32(f"{model.architecture}.attention.sliding_window_pattern", 2)
    if parts is not None and parts.multipliers:
        writer.add_embedding_scale(1.5)
        writer.add_residual_scale(0.7)
        writer.add_attention_scale(0.3)
        writer.add_logit_scale(1.3)


def _add_pieces(writer: gguf.GGUFWriter, vocabulary: int) -> None:
    """Control tokens, bytes, tabs as a user-defined token, then ever longer pieces of a small alphabet, best first."""
    control = ["<pad>", "<eos>", "<bos>", "<unk>"]
    singles = list("\u2581etaoinshrdlucmfwypvbgkqjxzETAIé,.\n")
    pieces = singles[: max(0, vocabulary - 261)]
    random = np.random.default_rng(0)
    while len(pieces) < vocabulary - 261:
        left, right = (pieces[i] for i in random.integers(0, len(pieces), 2))
        if left + right not in pieces:
            pieces.append(left + right)
    kind = gguf.TokenType
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([*control, *(f"<0x{byte:02X}>" for byte in range(256)), "\t\t", *pieces])
    kinds = [kind.CONTROL] * 4 + [kind.BYTE] * 256 + [kind.USER_DEFINED] + [kind.NORMAL] * len(pieces)
    writer.add_token_types(kinds)
    writer.add_token_scores([-1000.0] * 261 + [-float(i) for i in range(len(pieces))])
    writer.add_bos_token_id(2)
    writer.add_eos_token_id(1)
    writer.add_unk_token_id(3)
    writer.add_add_bos_token(True)
    writer.add_add_space_prefix(False)


def _add_tokens(writer: gguf.GGUFWriter, vocabulary: int, control: bool, longest: int) -> None:
    """The separator, 256 bytes, and merges of any two earlier tokens until the vocabulary is full."""
    tokens = ["<|endoftext|>", *sorted(byte_alphabet(), key=byte_alphabet().__getitem__)]
    if vocabulary < len(tokens):
        raise ValueError(f"a byte-level vocabulary needs at least {len(tokens)} tokens")
    merges: list[str] = []
    random = np.random.default_rng(0)
    known = set(tokens)
    while len(tokens) < vocabulary:
        left, right = (tokens[i] for i in random.integers(1, len(tokens), 2))
        if left + right not in known:
            known.add(left + right)
            tokens.append(left + right)
            merges.append(f"{left} {right}")
    if longest:
        tokens[-1] = "a" * longest
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    others = gguf.TokenType.CONTROL if control else gguf.TokenType.NORMAL
    writer.add_token_types([gguf.TokenType.CONTROL, *[others] * (vocabulary - 1)])
    writer.add_token_merges(merges or ["! !"])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(0)
    writer.add_add_bos_token(False)


def _tensors(model: TinyModel) -> dict[str, NDArray[np.float32]]:
    """All tensors in float32, by name."""
    random = np.random.default_rng(model.seed)
    head_size = model.head_size or model.width // model.heads
    queries, values = model.heads * head_size, model.kv_heads * head_size
    shapes: dict[str, tuple[int, ...]] = {"token_embd": (model.vocabulary, model.width)}
    for i in range(model.layers):
        shapes |= {
            f"blk.{i}.attn_norm": (model.width,),
            f"blk.{i}.attn_q": (queries, model.width),
            f"blk.{i}.attn_k": (values, model.width),
            f"blk.{i}.attn_v": (values, model.width),
            f"blk.{i}.attn_output": (model.width, queries),
            f"blk.{i}.ffn_norm": (model.width,),
            f"blk.{i}.ffn_gate": (model.hidden, model.width),
            f"blk.{i}.ffn_up": (model.hidden, model.width),
            f"blk.{i}.ffn_down": (model.width, model.hidden),
        }
    shapes["output_norm"] = (model.width,)
    if not model.tied:
        shapes["output"] = (model.vocabulary, model.width)
    if model.rope_factors:
        shapes["rope_freqs"] = (head_size // 2,)
    shapes |= _further_shapes(model, head_size)
    tensors = {
        _tensor_name(name): _values(name, shape, random, model.scale) for name, shape in shapes.items()
    }
    for name, value in model.filled:
        tensors[f"{name}.weight"].fill(value)
    return tensors


def _further_shapes(model: TinyModel, head_size: int) -> dict[str, tuple[int, ...]]:
    """What the architecture has beside the tensors of llama."""
    parts = ARCHITECTURES.get(model.architecture)
    shapes: dict[str, tuple[int, ...]] = {}
    if parts is None:
        return shapes
    for i in range(model.layers):
        if parts.biases:
            shapes[f"blk.{i}.attn_q.bias"] = (model.heads * head_size,)
            shapes[f"blk.{i}.attn_k.bias"] = shapes[f"blk.{i}.attn_v.bias"] = (model.kv_heads * head_size,)
        if parts.head_norms:
            shapes[f"blk.{i}.attn_q_norm"] = shapes[f"blk.{i}.attn_k_norm"] = (head_size,)
        if parts.post_norms:
            shapes[f"blk.{i}.post_attention_norm"] = shapes[f"blk.{i}.post_ffw_norm"] = (model.width,)
    return shapes


def _tensor_name(name: str) -> str:
    return name if name.endswith(".bias") else f"{name}.weight"


def _values(
    name: str, shape: tuple[int, ...], random: np.random.Generator, scale: float
) -> NDArray[np.float32]:
    """Norms near 1, rotary factors from 1 to 8, matrices normal."""
    if len(shape) == 1:
        least, most = (1, 8) if name == "rope_freqs" else (0.5, 1.5)
        return random.uniform(least, most, shape).astype(np.float32)
    return random.normal(0, scale / np.sqrt(shape[-1]), shape).astype(np.float32)


def _add_tensor(writer: gguf.GGUFWriter, name: str, values: NDArray[np.float32], model: TinyModel) -> None:
    """Matrices in the model's format, vectors in float32, as llama.cpp does it."""
    if values.ndim == 1 or model.kind is Kind.F32:
        writer.add_tensor(name, values)
    elif model.kind in SCALE_OFFSETS:
        writer.add_tensor(name, random_blocks(values.shape, model.kind, model.seed), raw_dtype=model.kind)
    else:
        writer.add_tensor(name, quantize(values, model.kind), raw_dtype=model.kind)


def random_blocks(shape: tuple[int, ...], kind: Kind, seed: int) -> NDArray[np.uint8]:
    """Random K-quant blocks with small finite scales: the gguf package reads these formats but cannot write them."""
    block, size = GGML_QUANT_SIZES[kind]
    if shape[-1] % block:
        raise ValueError(f"{kind.name} needs rows of whole blocks of {block}")
    blocks = np.random.default_rng(seed).integers(0, 256, (*shape[:-1], shape[-1] // block, size), np.uint8)
    for offset in SCALE_OFFSETS[kind]:
        blocks[..., offset : offset + 2] = np.array([0.001], np.float16).view(np.uint8)
    return blocks.reshape(*shape[:-1], -1)
