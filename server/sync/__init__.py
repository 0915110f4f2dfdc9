"""What a terminal exchanges with the server: reference data down by cursor, facts up as operations.

Owns no table. `feed.py` has the table kind -> loader of what comes down, `snapshot.py` the catalogue as one file,
`push.py` the table kind -> operation of what goes up. Calls every module below; announces nothing.
"""
