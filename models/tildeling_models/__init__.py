"""The mathematics of tildeling: arrays in, a Result out; no word of housing, care or law."""
