"""Small real data sets that need no download: digits, tumors, and two poets.

Loaders return plain arrays, split into training and validation examples by a seed.
"""

from .tables import breast_cancer, digits
from .text import AUTHORS, Bag, Characters, bag_of_words, characters, read, text_lines

__all__ = [
    "AUTHORS",
    "Bag",
    "Characters",
    "bag_of_words",
    "breast_cancer",
    "characters",
    "digits",
    "read",
    "text_lines",
]
