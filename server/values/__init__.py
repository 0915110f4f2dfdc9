"""Floor 0: money, quantities, taxes, codes, ids and times as plain values.

Pure standard library: no database, no clock, no random of its own. The same arithmetic stands in TypeScript
(`server/web/app/src/core/`); `tests/vectors/*.json` hold the two together.
"""
