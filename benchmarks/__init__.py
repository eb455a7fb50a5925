"""How fast the project is, measured against other ways to do the same.

``python -m benchmarks`` prints one table and stores it in book/measured/speed.json.
"""
