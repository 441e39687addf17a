"""The picture classifier of `models/safety`: read from the npm package nsfwjs, written as ONNX, compared with a reference."""
