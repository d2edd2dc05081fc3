"""What the user is told when the engine refuses: fixed sentences by error class, and names that the user typed.

The engine's own words stay in. They can hold values of rows, other tables' names, paths and hosts; a name is taken out
of them only where it stands in the user's own text.
"""

from __future__ import annotations

import difflib
import re

from emban.errors import EmbanError
from emban.sqlbox.datasets import DATASETS
from emban.sqlbox.refusal import mistaken, refused
from emban.store.adhoc import GATE_SECONDS, AdhocError

SYNTAX_ERROR, ACCESS_DENIED = 62, 497
_PLACE = re.compile(r"failed at position (\d+) \(")
_NAME = re.compile(r"`([^`\n]{1,200})`|[Ff]unction (\w{1,80})|[Cc]olumn '?([\w.]{1,200})'?")
_TOO_EXPENSIVE = {
    159: "the statement took longer than it may",
    160: "the statement would take longer than it may",
    241: "the statement needs more memory than it may use",
    173: "the statement needs more memory than it may use",
    128: "an array grows too large",
    131: "a text grows too large",
    396: "the statement's answer is too large",
    161: "the statement reads too many columns",
    307: "the statement reads too much",
}
_TOO_COMPLEX = frozenset({167, 168, 306, 165, 162, 589, 718})
_NAMED = {
    47: "there is no column or name {name}",
    46: "there is no function {name}",
    10: "there is no column {name}",
    16: "there is no column {name}",
    42: "the function {name} does not take that number of arguments",
    43: "the function {name} does not take values of that type",
    207: "the name {name} could mean several things",
    352: "the name {name} could mean several things",
    179: "the name {name} is given to several things",
    215: "the column {name} is neither in GROUP BY nor inside of an aggregate function",
    184: "an aggregate function stands where none can be: {name}",
    63: "there is no aggregate function {name}",
    133: "the aggregate function {name} takes other parameters",
    35: "the function {name} takes more arguments",
    34: "the function {name} takes fewer arguments",
}
_SENTENCES = {
    60: "there is no such dataset; there is: " + ", ".join(dataset.name for dataset in DATASETS),
    81: "there is no such dataset; there is: " + ", ".join(dataset.name for dataset in DATASETS),
    6: "a text cannot be read as the type that it is turned into; the function's …OrNull form gives NULL there",
    27: "a text cannot be read as the type that it is turned into; the function's …OrNull form gives NULL there",
    38: "a text is no date; the function's …OrNull form gives NULL there",
    41: "a text is no date and time; the function's …OrNull form gives NULL there",
    72: "a text is no number; the function's …OrNull form gives NULL there",
    376: "a text is no UUID; the function's …OrNull form gives NULL there",
    675: "a text is no IPv4 address; the function's …OrNull form gives NULL there",
    676: "a text is no IPv6 address; the function's …OrNull form gives NULL there",
    691: "a value is not among those of the enumeration",
    70: "a value cannot be turned into that type",
    349: "a NULL cannot be turned into that type",
    53: "two types do not fit together",
    386: "some values have no type in common",
    130: "an array cannot be read",
    153: "a division by zero",
    407: "a decimal number is too large",
    69: "an argument is out of range",
    36: "an argument is not one that the function takes",
    44: "an argument has to be a constant, or one of another type",
    190: "arrays that belong together have different lengths",
    20: "the two sides of IN or UNION have different numbers of columns",
    258: "the parts of the UNION have different columns",
    125: "a subquery in the place of a value gives more than one row",
    427: "the regular expression cannot be read",
    403: "the condition of the JOIN cannot be used",
    48: "the statement uses something that the engine does not do",
    344: "the statement uses something that is switched off",
    141: "the datasets cannot be sampled",
    181: "FINAL does not apply to the datasets",
    440: "LIMIT takes a number that is not negative",
    206: "a subquery beside another table needs a name: (SELECT …) AS name",
    456: "query parameters are not available: write the value itself",
    498: "the statement counts on LIMIT … WITH TIES without ORDER BY",
    115: "settings are fixed by Emban",
    164: "settings are fixed by Emban",
    1: "the statement uses something that the engine does not do",
    80: "the statement does not fit together",
}


def explained(error: AdhocError, sql: str) -> EmbanError:
    """Return what the user is told about an engine error; `sql` is the text as it was sent."""
    code = error.code
    if code == SYNTAX_ERROR:
        return _syntax_error(error.text, sql)
    if code in _TOO_EXPENSIVE:
        return EmbanError("query_too_expensive", _TOO_EXPENSIVE[code])
    if code in _TOO_COMPLEX:
        return refused("the statement is nested too deeply or has too many parts", construct="size")
    if code == ACCESS_DENIED:
        return refused("the statement names a column that is not part of the dataset; GET /v1/datasets lists them")
    if code in _NAMED:
        return _about_a_name(code, error.text, sql)
    return mistaken(_SENTENCES.get(code, "the engine cannot run this statement"))


def gate_timeout() -> EmbanError:
    """Return the error of a statement that takes too long to read."""
    return EmbanError("query_too_expensive", f"reading the statement alone took longer than {GATE_SECONDS} seconds")


def _syntax_error(text: str, sql: str) -> EmbanError:
    """Tell the place, which the engine counts in bytes from 1, with the user's own text there."""
    if "Multi-statements" in text:
        return refused("one statement at a time", construct=";")
    found = _PLACE.search(text)
    raw = sql.encode("utf-8", "replace")
    if found is None or not 0 < int(found.group(1)) <= len(raw) + 1:
        return mistaken("the statement is not valid SQL")
    before = raw[: int(found.group(1)) - 1].decode("utf-8", "ignore")
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    rest = sql[len(before) :].split("\n", maxsplit=1)[0].strip()
    there = f"near {rest[:40]!r}" if rest else "at its end"
    return mistaken(
        f"the statement is not valid SQL {there}, line {line}, column {column}",
        position=len(before) + 1,
        line=line,
        column=column,
    )


def _about_a_name(code: int, text: str, sql: str) -> EmbanError:
    first = text.split("In scope", maxsplit=1)[0].split("Maybe you meant", maxsplit=1)[0]
    names = [name for groups in _NAME.findall(first) for name in groups if name]
    name = next((name for name in names if name in sql), None)
    if name is None:
        return mistaken(_NAMED[code].replace(" {name}", "").replace(": {name}", ""))
    sentence = _NAMED[code].format(name=name)
    if code in {47, 10, 16}:
        known = [column.name for dataset in DATASETS for column in dataset.columns]
        close = difflib.get_close_matches(name, known, n=1)
        sentence += f"; did you mean {close[0]}?" if close else ""
    return mistaken(sentence)
