"""Chapter 11's vision recipe; `make recipes` writes it from the cells."""

import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn.functional import cross_entropy
from torch.optim import lr_scheduler


def examples(seed):
    """Images and labels to train, to validate, and to test."""
    X, y = load_digits(return_X_y=True)
    X = torch.tensor(X, dtype=torch.float32).view(-1, 1, 8, 8) / 16
    shuffled = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(X), generator=shuffled)
    return [(X[p], torch.tensor(y)[p]) for p in order.split([1077, 360, 360])]


def convolution(inputs, outputs):
    """A convolution, and a norm in place of its bias."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
    )


class Block(nn.Module):
    """Two convolutions, whose result is added to what went in."""

    def __init__(self, channels):
        super().__init__()
        self.first = convolution(channels, channels)
        self.second = convolution(channels, channels)

    def forward(self, x):
        return torch.relu(x + self.second(torch.relu(self.first(x))))


def network(channels=16):
    body = [nn.ReLU(), Block(channels), nn.MaxPool2d(2), Block(channels)]
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10)]
    return nn.Sequential(convolution(1, channels), *body, *head)


def recipe(model, epochs, lr=0.1):
    """A tenth of the rate after half of the epochs, a hundredth later."""
    optimizer = torch.optim.SGD(
        model.parameters(),
        lr=lr,
        momentum=0.9,
        weight_decay=1e-4,
    )
    falls = [epochs // 2, epochs * 3 // 4]
    scheduler = lr_scheduler.MultiStepLR(optimizer, falls, gamma=0.1)
    return optimizer, scheduler


def run_epoch(model, optimizer, X, y, batch=64):
    """Every example once, in a random order."""
    model.train()
    for part in torch.randperm(len(X)).split(batch):
        optimizer.zero_grad()
        loss = cross_entropy(model(X[part]), y[part])
        loss.backward()
        optimizer.step()


def train(seed, X, y, recipe=recipe, epochs=20):
    torch.manual_seed(seed)
    model = network()
    optimizer, scheduler = recipe(model, epochs)
    for _ in range(epochs):
        run_epoch(model, optimizer, X, y)
        scheduler.step()
    return model


@torch.no_grad()
def evaluate(model, X, y):
    """Mean loss, and the share of examples that are classified rightly."""
    model.eval()
    scores = model(X)
    right = scores.argmax(-1) == y
    return cross_entropy(scores, y).item(), right.float().mean().item()


def main():
    torch.set_num_threads(1)
    training, validation, _ = examples(seed=0)
    model = train(0, *training)
    loss, accuracy = evaluate(model, *validation)
    print(f"validation loss {loss:.3f}, accuracy {accuracy:.1%}")


if __name__ == "__main__":
    main()
