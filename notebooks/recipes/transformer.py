"""Chapter 11's transformer recipe; `make recipes` writes it from the cells."""

import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.optim import lr_scheduler

from primer import data


def examples(length=32):
    """Windows of text, and what follows each place: train, validate, test."""
    text = data.characters(length)
    X, y = torch.tensor(text.X), torch.tensor(text.y)
    X_held, y_held = torch.tensor(text.X_val), torch.tensor(text.y_val)
    return (X, y), (X_held[::2], y_held[::2]), (X_held[1::2], y_held[1::2])


class Layer(nn.Module):
    """Attention to what came before, then two dense maps; norms come first."""

    def __init__(self, width, heads=4):
        super().__init__()
        self.norms = nn.ModuleList([nn.LayerNorm(width), nn.LayerNorm(width)])
        self.attend = nn.MultiheadAttention(width, heads, batch_first=True)
        wide, back = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.dense = nn.Sequential(wide, nn.GELU(), back)

    def forward(self, x, mask):
        a = self.norms[0](x)
        x = x + self.attend(a, a, a, attn_mask=mask, need_weights=False)[0]
        return x + self.dense(self.norms[1](x))


class Transformer(nn.Module):
    """Predicts, at every place, the character that follows."""

    def __init__(self, symbols=31, length=32, width=32):
        super().__init__()
        self.symbol = nn.Embedding(symbols, width)
        self.place = nn.Parameter(0.02 * torch.randn(length, width))
        self.layers = nn.ModuleList([Layer(width), Layer(width)])
        self.norm = nn.LayerNorm(width)
        self.scores = nn.Linear(width, symbols)
        later = torch.ones(length, length, dtype=torch.bool).triu(1)
        self.register_buffer("mask", later)

    def forward(self, codes):
        x = self.symbol(codes) + self.place
        for layer in self.layers:
            x = layer(x, self.mask)
        return self.scores(self.norm(x))


def groups(model, weight_decay=0.01):
    """Matrices decay; biases and norms, which are vectors, do not."""
    matrices = [p for p in model.parameters() if p.ndim > 1]
    vectors = [p for p in model.parameters() if p.ndim == 1]
    return [
        {"params": matrices, "weight_decay": weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]


def recipe(model, steps, lr=5e-4):
    """A tenth of the steps up to the rate, the others down to zero."""
    optimizer = torch.optim.AdamW(groups(model), lr=lr)
    warmup = steps // 10

    def factor(t):
        return min((t + 1) / warmup, (steps - t) / (steps - warmup))

    return optimizer, lr_scheduler.LambdaLR(optimizer, factor)


def train(seed, X, y, recipe=recipe, steps=400, batch=16):
    torch.manual_seed(seed)
    model = Transformer()
    optimizer, scheduler = recipe(model, steps)
    for _ in range(steps):
        part = torch.randint(len(X), (batch,))
        optimizer.zero_grad()
        cross_entropy(model(X[part]).mT, y[part]).backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)
        optimizer.step()
        scheduler.step()
    return model


@torch.no_grad()
def evaluate(model, X, y):
    """Mean loss, and the share of characters that are predicted rightly."""
    model.eval()
    scores = model(X)
    right = scores.argmax(-1) == y
    return cross_entropy(scores.mT, y).item(), right.float().mean().item()


def main():
    torch.set_num_threads(1)
    training, validation, _ = examples()
    model = train(0, *training)
    loss, accuracy = evaluate(model, *validation)
    print(f"validation loss {loss:.3f}, accuracy {accuracy:.1%}")


if __name__ == "__main__":
    main()
