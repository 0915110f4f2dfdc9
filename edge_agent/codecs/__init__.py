"""Codecs: what devices say and are told, as pure functions and small parsers.

No codec does I/O or looks at a clock. Parsers take bytes in pieces of any size (`feed`), survive any bytes, and
give the same for the pieces as for the whole.
"""
