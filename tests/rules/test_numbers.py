"""No float touches money or stock: the files that count know neither `float` nor a division with a fraction."""

import ast

COUNTING = ("values", "catalog", "stock", "cash", "sales", "purchasing", "orders")
PURE = (
    "server/values/",
    "server/stock/costing.py",
    "server/stock/replay.py",
    "server/cash/counting.py",
    "server/sales/pricing.py",
    "server/purchasing/landed_cost.py",
    "server/orders/fold.py",
)


def test_what_counts_money_or_stock_never_says_float(source):
    found = [
        f"{file}:{node.lineno}"
        for file, tree in source.python("server")
        if file.parts[1] in COUNTING
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
    ]

    assert found == []


def test_pure_arithmetic_divides_whole_numbers_only(source):
    found = [
        f"{file}:{node.lineno}"
        for file, tree in source.python("server")
        if str(file).startswith(PURE)
        for node in ast.walk(tree)
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)
    ]

    assert found == []
