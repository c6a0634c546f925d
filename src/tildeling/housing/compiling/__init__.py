"""The way down: from a data set to the arrays of a grouping problem."""
