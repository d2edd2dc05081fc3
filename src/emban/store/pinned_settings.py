"""Settings of the engine that are fixed for every read: another value of theirs has been a way past row policies.

Named with each statement, so that neither a profile of the server nor a default of its next version decides. See
docs/decisions/0022-isolation-gate.md for what was measured.
"""

from __future__ import annotations

# For all reads: no memory of which granules matched, which readers of other rows would share; the plan is made where
# the policies are known.
PINNED = {
    "use_query_condition_cache": 0,
    "serialize_query_plan": 0,
}
# For statements that strangers wrote: their expressions are not evaluated on index entries of hidden rows, where an
# error would tell of these. Keys and partitions need no such setting while each partition is one org's: with
# `use_primary_key=0` and `use_partition_pruning=0`, too, every scan would look at the org of every row.
PINNED_FOR_STRANGERS = {**PINNED, "use_skip_indexes_on_data_read": 0}
