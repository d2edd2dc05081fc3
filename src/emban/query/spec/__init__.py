"""What is asked: the wire form of a query, and the frozen values that it is read into."""
