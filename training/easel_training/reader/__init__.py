"""The language model that reads requests: a small Qwen2.5-VL with a tokenizer of its own."""
