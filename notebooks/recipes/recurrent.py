"""Chapter 11's recurrent recipe; `make recipes` writes it from the cells."""

import copy

import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.optim import lr_scheduler

from primer import data


def examples(seed, length=40):
    """Lines as padded codes, and who wrote each: train, validate, test."""
    lines, y = data.text_lines()
    cut = [line.lower()[:length].ljust(length) for line in lines]
    symbols = sorted({*"".join(cut)})
    X = torch.tensor([[symbols.index(mark) for mark in line] for line in cut])
    shuffled = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(X), generator=shuffled)
    parts = order[:4000].split([2000, 1000, 1000])
    return [(X[p], torch.tensor(y)[p]) for p in parts]


class Reader(nn.Module):
    """Reads a line character by character and then says who wrote it."""

    def __init__(self, symbols=40, width=32):
        super().__init__()
        self.symbol = nn.Embedding(symbols, width)
        self.lstm = nn.LSTM(width, width, batch_first=True)
        self.scores = nn.Linear(width, 2)

    def forward(self, codes):
        states, _ = self.lstm(self.symbol(codes))
        return self.scores(states.mean(1))


def recipe(model, lr=1e-3):
    """A tenth of the rate after six epochs without a better validation."""
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    plateau = lr_scheduler.ReduceLROnPlateau(optimizer, patience=5)
    return optimizer, plateau


def run_epoch(model, optimizer, X, y, batch=50):
    """Every example once, in a random order."""
    model.train()
    for part in torch.randperm(len(X)).split(batch):
        optimizer.zero_grad()
        cross_entropy(model(X[part]), y[part]).backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)
        optimizer.step()


def train(seed, training, validation, recipe=recipe, epochs=25):
    torch.manual_seed(seed)
    model = best_model = Reader()
    optimizer, scheduler = recipe(model)
    best = float("inf")
    for _ in range(epochs):
        run_epoch(model, optimizer, *training)
        loss, _ = evaluate(model, *validation)
        scheduler.step(loss)
        if loss < best:
            best, best_model = loss, copy.deepcopy(model)
    return best_model


@torch.no_grad()
def evaluate(model, X, y):
    """Mean loss, and the share of lines whose author is named rightly."""
    model.eval()
    scores = model(X)
    right = scores.argmax(-1) == y
    return cross_entropy(scores, y).item(), right.float().mean().item()


def main():
    torch.set_num_threads(1)
    training, validation, _ = examples(seed=0)
    model = train(0, training, validation)
    loss, accuracy = evaluate(model, *validation)
    print(f"validation loss {loss:.3f}, accuracy {accuracy:.1%}")


if __name__ == "__main__":
    main()
