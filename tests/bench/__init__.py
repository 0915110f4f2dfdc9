"""Benchmarks of the product: every figure with the limit that it must keep, or the bare counterpart of the same run.

    make bench                  all of them
    make bench ONLY="push feed" some, by the names of their files

A bench is a file `bench_<name>.py` with a docstring and `run(bench)`, which measures and calls `bench.figure(...)`. The
frame starts a fresh process for each bench; what must not warm another figure of the same bench is called through
`bench.apart(function, ...)`, which gives it a process of its own. A figure that breaks its limit fails the command.

Figures of a clean working tree are kept in `history.json`, a run for each commit, and each later run shows them beside
its own. Processor time is what to measure where one can: it says the same on a busy machine.
"""
