"""Items into groups with sizes and conflicts, groups onto servers."""
