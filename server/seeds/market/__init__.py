"""The demo market in Baku: what it is, what it sells, who works there, and a week of its sales. Pure: no database.

`catalogue.catalogue()` is the whole market, `catalogue.small_world()` a dozen goods of every kind for tests; both are
a `world.Market`. `week.week_of_sales(market, first_day, seed)` plans what its tills do (`plans.py`), and
`tenders.settled` turns how a customer pays into amounts once the total is known.

The data stands in TOML beside the code: `shop.toml` (company, branch, people, quick tiles), `common.toml` (ways to
pay, VAT, units), `shelves/*.toml` (the goods), `baskets.toml` (why people come and what they take), `small/`.
A category in `shelves/` reads:

    code      two digits; a good's number, SKU and bar code come from it and from the good's place, so add at the end
    vat       standard (when not named), zero or exempt
    margin    what the shop keeps of a price without its VAT, in percent; goods differ a little around it
    demand    how often people reach for it, against the other categories
    grams     from and to what weight people take of its weighed goods
    packed    goods with a bar code: name = what + brand + size; `codes` = how many, `case` = pieces in the case code
    loose     goods by the piece without a code; weighed = by the kilogram, with a PLU; poured = by the litre

All brands are invented. Prices are in qəpik and include VAT; costs do not.
"""
