"""The page of one number: what it is made of, live, and step by step."""
