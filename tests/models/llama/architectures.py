"""Writes tiny random GGUF models of several architectures: what the exact engine does not know and llama.cpp does.

Each stands for a way the context can slide: rotated keys (qwen2), positions learnt and added at the input (gpt2), layers
with a short window of their own (gemma3), and a state that has no length (mamba).
"""

from collections.abc import Callable
from pathlib import Path

import gguf
import numpy as np
from numpy.typing import NDArray

from nacomp.models.tokens.token_table import SPACE_MARK, byte_alphabet

WIDTH, HEADS, KV_HEADS, HIDDEN, CONTEXT = 64, 4, 2, 96, 512
HEAD = WIDTH // HEADS
LAYERS = 6
"""Every sixth layer of gemma3 has the long window; llama.cpp aborts where there is none."""
Shapes = dict[str, tuple[int, ...]]


def write_model(path: Path, architecture: str, tokenizer: str = "gpt2", layers: int = LAYERS) -> Path:
    """Write one model of `architecture` to `path`, the same bytes every time; returns `path`."""
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_name(f"tiny {architecture}")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(layers)
    vocabulary = TOKENIZERS[tokenizer](writer)
    writer.add_vocab_size(vocabulary)
    shapes = ARCHITECTURES[architecture](writer, vocabulary)
    random = np.random.default_rng(1)
    for name, shape in shapes.items():
        if name.startswith("blk.") and int(name.split(".")[1]) >= layers:
            continue
        writer.add_tensor(name, _values(name, shape, random))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _values(name: str, shape: tuple[int, ...], random: np.random.Generator) -> NDArray[np.float32]:
    if name.endswith("ssm_a"):
        return -random.uniform(0.5, 2, shape).astype(np.float32)
    if name.endswith("bias"):
        return random.normal(0, 0.1, shape).astype(np.float32)
    if len(shape) == 1:
        return random.uniform(0.5, 1.5, shape).astype(np.float32)
    return random.normal(0, 2 / np.sqrt(shape[-1]), shape).astype(np.float32)


def _attention(writer: gguf.GGUFWriter) -> None:
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(HEADS)


def _per_layer(shapes: Shapes) -> Shapes:
    return {f"blk.{i}.{name}": shape for i in range(LAYERS) for name, shape in shapes.items()}


def _llama_like(writer: gguf.GGUFWriter, vocabulary: int) -> Shapes:
    _attention(writer)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_key_length(HEAD)
    writer.add_value_length(HEAD)
    writer.add_rope_dimension_count(HEAD)
    writer.add_rope_freq_base(10_000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    layer: Shapes = {
        "attn_norm.weight": (WIDTH,),
        "attn_q.weight": (WIDTH, WIDTH),
        "attn_k.weight": (KV_HEADS * HEAD, WIDTH),
        "attn_v.weight": (KV_HEADS * HEAD, WIDTH),
        "attn_output.weight": (WIDTH, WIDTH),
        "ffn_norm.weight": (WIDTH,),
        "ffn_gate.weight": (HIDDEN, WIDTH),
        "ffn_up.weight": (HIDDEN, WIDTH),
        "ffn_down.weight": (WIDTH, HIDDEN),
    }
    return {
        "token_embd.weight": (vocabulary, WIDTH),
        **_per_layer(layer),
        "output_norm.weight": (WIDTH,),
    }


def _qwen2(writer: gguf.GGUFWriter, vocabulary: int) -> Shapes:
    biases: Shapes = {
        "attn_q.bias": (WIDTH,),
        "attn_k.bias": (KV_HEADS * HEAD,),
        "attn_v.bias": (KV_HEADS * HEAD,),
    }
    return _llama_like(writer, vocabulary) | _per_layer(biases)


def _gemma3(writer: gguf.GGUFWriter, vocabulary: int) -> Shapes:
    writer.add_sliding_window(32)
    norms: Shapes = {
        "attn_q_norm.weight": (HEAD,),
        "attn_k_norm.weight": (HEAD,),
        "post_attention_norm.weight": (WIDTH,),
        "post_ffw_norm.weight": (WIDTH,),
    }
    return _llama_like(writer, vocabulary) | _per_layer(norms)


def _gpt2(writer: gguf.GGUFWriter, vocabulary: int) -> Shapes:
    _attention(writer)
    writer.add_layer_norm_eps(1e-5)
    layer: Shapes = {
        "attn_norm.weight": (WIDTH,),
        "attn_norm.bias": (WIDTH,),
        "attn_qkv.weight": (3 * WIDTH, WIDTH),
        "attn_qkv.bias": (3 * WIDTH,),
        "attn_output.weight": (WIDTH, WIDTH),
        "attn_output.bias": (WIDTH,),
        "ffn_norm.weight": (WIDTH,),
        "ffn_norm.bias": (WIDTH,),
        "ffn_up.weight": (HIDDEN, WIDTH),
        "ffn_up.bias": (HIDDEN,),
        "ffn_down.weight": (WIDTH, HIDDEN),
        "ffn_down.bias": (WIDTH,),
    }
    return {
        "token_embd.weight": (vocabulary, WIDTH),
        "position_embd.weight": (CONTEXT, WIDTH),
        **_per_layer(layer),
        "output_norm.weight": (WIDTH,),
        "output_norm.bias": (WIDTH,),
        "output.weight": (vocabulary, WIDTH),
    }


def _mamba(writer: gguf.GGUFWriter, vocabulary: int) -> Shapes:
    inner, state, convolution, rank = 2 * WIDTH, 16, 4, 4
    writer.add_feed_forward_length(0)
    writer.add_head_count(0)
    writer.add_ssm_conv_kernel(convolution)
    writer.add_ssm_inner_size(inner)
    writer.add_ssm_state_size(state)
    writer.add_ssm_time_step_rank(rank)
    writer.add_layer_norm_rms_eps(1e-5)
    layer: Shapes = {
        "attn_norm.weight": (WIDTH,),
        "ssm_in.weight": (2 * inner, WIDTH),
        "ssm_conv1d.weight": (inner, convolution),
        "ssm_conv1d.bias": (inner,),
        "ssm_x.weight": (rank + 2 * state, inner),
        "ssm_dt.weight": (inner, rank),
        "ssm_dt.bias": (inner,),
        "ssm_a": (inner, state),
        "ssm_d": (inner,),
        "ssm_out.weight": (WIDTH, inner),
    }
    return {"token_embd.weight": (vocabulary, WIDTH), **_per_layer(layer), "output_norm.weight": (WIDTH,)}


def _byte_level(writer: gguf.GGUFWriter) -> int:
    alphabet = sorted(byte_alphabet(), key=byte_alphabet().__getitem__)
    merges = ["t h", "th e", "Ġ t", "Ġt he", "i n", "e r", "a n", "Ġ a", "o r"]
    tokens = ["<|endoftext|>", *alphabet, *(merge.replace(" ", "") for merge in merges)]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([gguf.TokenType.CONTROL, *[gguf.TokenType.NORMAL] * (len(tokens) - 1)])
    writer.add_token_merges(merges)
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(0)
    return len(tokens)


def _sentencepiece(writer: gguf.GGUFWriter) -> int:
    words = [f"{SPACE_MARK}the", f"{SPACE_MARK}th", f"{SPACE_MARK}t", "he", "th", SPACE_MARK, *"abcdehinorst"]
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), *words]
    kinds = [gguf.TokenType.UNKNOWN, gguf.TokenType.CONTROL, gguf.TokenType.CONTROL]
    kinds += [gguf.TokenType.BYTE] * 256 + [gguf.TokenType.NORMAL] * len(words)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([0.0] * 259 + [-float(rank) for rank in range(len(words))])
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    return len(tokens)


def _rwkv(writer: gguf.GGUFWriter) -> int:
    """RWKV's list: byte strings, escaped as in Python; longer words behind the bytes."""
    words = ["the", " the", "th", "in", "\\n\\n", "\\xe6\\xbc\\xa2"]
    tokens = ["<s>", *(f"\\x{byte:02x}" for byte in range(256)), *words]
    writer.add_tokenizer_model("rwkv")
    writer.add_token_list(tokens)
    writer.add_token_types([gguf.TokenType.CONTROL, *[gguf.TokenType.NORMAL] * (len(tokens) - 1)])
    return len(tokens)


ARCHITECTURES: dict[str, Callable[[gguf.GGUFWriter, int], Shapes]] = {
    "llama": _llama_like,
    "qwen2": _qwen2,
    "gemma3": _gemma3,
    "gpt2": _gpt2,
    "mamba": _mamba,
}


def _none(writer: gguf.GGUFWriter) -> int:
    writer.add_tokenizer_model("none")
    return 300


TOKENIZERS: dict[str, Callable[[gguf.GGUFWriter], int]] = {
    "gpt2": _byte_level,
    "llama": _sentencepiece,
    "rwkv": _rwkv,
    "none": _none,
}
