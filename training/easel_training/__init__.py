"""Training of Easel's built-in model: the sticker world, the networks, their trainers and the benchmark's cases."""
