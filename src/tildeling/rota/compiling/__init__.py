"""From rota rows to a roster problem: a frame of arrays, and a builder that rules and goals write into."""
