"""Plans: what each includes, the meters, and the refusals with status 402."""
