"""The benchmark: what a run costs by effort and latency, beside `schemathesis run` and a bare httpx loop."""
