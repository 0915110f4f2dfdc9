"""Items out of a CSV file: read (`reading`), understood (`columns`, `parsing`), checked against the catalogue
(`planning`), booked (`booking`), and all of it run as one import (`running`).

A dry run reports every faulty row and writes nothing; a real run books all rows or none.
"""
