"""Shapes of the API's answers, apart from the domain's values: what is here is a promise to callers."""
