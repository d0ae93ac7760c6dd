"""Writes a tiny llama with random weights as GGUF. It speaks nonsense, and whatever runs llama.cpp can serve it.

Run with the interpreter that has `gguf`: python tiny_gguf.py FILE
"""

from __future__ import annotations

import sys

import gguf
import numpy as np

WIDTH, LAYERS, HEADS, INNER, WINDOW = 64, 2, 4, 128, 8192


def vocabulary() -> tuple[list[str], list[float], list[gguf.TokenType]]:
    """Control tokens, all bytes, and the printable characters."""
    first = ["<unk>", "<s>", "</s>", *(f"<0x{n:02X}>" for n in range(256))]
    pieces = [*(chr(n) for n in range(33, 127)), "▁", "▁the", "▁a", "▁said"]
    kinds = [gguf.TokenType.UNKNOWN, *[gguf.TokenType.CONTROL] * 2, *[gguf.TokenType.BYTE] * 256]
    scores = [0.0] * len(first) + [-float(n) for n in range(len(pieces))]
    return first + pieces, scores, kinds + [gguf.TokenType.NORMAL] * len(pieces)


def write(path: str) -> None:
    tokens, scores, kinds = vocabulary()
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(WINDOW)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores(scores)
    writer.add_token_types(kinds)
    for name, number in (("unk", 0), ("bos", 1), ("eos", 2)):
        getattr(writer, f"add_{name}_token_id")(number)
    random = np.random.default_rng(7)
    shapes = {"token_embd": (len(tokens), WIDTH), "output": (len(tokens), WIDTH), "output_norm": (WIDTH,)}
    for n in range(LAYERS):
        shapes |= {f"blk.{n}.{part}": (WIDTH, WIDTH) for part in ("attn_q", "attn_k", "attn_v", "attn_output")}
        shapes |= {f"blk.{n}.{part}": (INNER, WIDTH) for part in ("ffn_gate", "ffn_up")}
        shapes |= {f"blk.{n}.ffn_down": (WIDTH, INNER), f"blk.{n}.attn_norm": (WIDTH,), f"blk.{n}.ffn_norm": (WIDTH,)}
    for name, shape in shapes.items():
        weights = random.standard_normal(shape) * 0.3 if len(shape) > 1 else np.ones(shape)
        writer.add_tensor(f"{name}.weight", weights.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    write(sys.argv[1])
