"""Pure helpers that know nothing of Emban's features: ids, time, paging, crypto, the scope of a request."""
