"""What `make` calls: checks of the tree, and the reference pages that follow from the code."""
