"""Groups that are knapsacks by themselves: told by their form, bounded and searched in compiled loops."""
