"""Ad-hoc SQL: a gate on the engine's own parser, a run in the reader's scope, an answer within limits."""
