"""Models as objectives: flat parameter vectors, hand-written gradients, a batch axis for free.

Each is a `DataObjective`: J(theta) is the mean loss over the examples, `J.batches(size, seed)` its
mini-batches, `J.on(X, y)` the same model on other data. theta has shape (*batch, d), so many
networks train as one. `associative_memory` alone has no examples: it weighs keys by frequency.
"""

from .base import Classifier, Model
from .layers import Activation, Layout, relu, tanh
from .linear import LinearRegression, LogisticRegression, SoftmaxRegression
from .memory import AssociativeMemory
from .mlp import MLP
from .normalized import NormalizedMLP
from .rnn import ElmanRNN
from .sparse import SparseLogistic

associative_memory = AssociativeMemory
linear = LinearRegression
logistic = LogisticRegression
softmax = SoftmaxRegression
mlp = MLP
normalized_mlp = NormalizedMLP
rnn = ElmanRNN
sparse_logistic = SparseLogistic

__all__ = [
    "MLP",
    "Activation",
    "AssociativeMemory",
    "Classifier",
    "ElmanRNN",
    "Layout",
    "LinearRegression",
    "LogisticRegression",
    "Model",
    "NormalizedMLP",
    "SoftmaxRegression",
    "SparseLogistic",
    "associative_memory",
    "linear",
    "logistic",
    "mlp",
    "normalized_mlp",
    "relu",
    "rnn",
    "softmax",
    "sparse_logistic",
    "tanh",
]
