"""A heat-map of Adam on Rosenbrock: one run of `primer` against what one would write otherwise.

    python benchmarks/sweep.py [side]

Times the same side x side grid of (lr, beta1), 200 steps each, float64, one after the other in the
same process; medians of five, and the ratio to `primer`. The loops of Python and torch are timed on
a part of the grid and scaled up. What is not installed is left out and named.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from primer import Adam, landscapes, run, sweep

STEPS, START = 200, (-1.5, 2.0)
J = landscapes.rosenbrock()


def median_time(function, repeats=5):
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        function()
        times.append(time.perf_counter() - begin)
    return float(np.median(times))


def grid(side):
    return np.logspace(-4, 0, side), np.linspace(0, 0.99, side)


def primer_batch(side):
    lr, beta1 = grid(side)
    rule = Adam(**sweep(lr=lr, beta1=beta1))
    return run(rule, J, START, STEPS, keep=STEPS).loss[-1]


def primer_loop(side, part=40):
    lr, beta1 = (axis.ravel() for axis in np.meshgrid(*grid(side), indexing="ij"))
    chosen = np.linspace(0, lr.size - 1, part).astype(int)
    for i in chosen:
        run(Adam(lr=lr[i], beta1=beta1[i]), J, START, STEPS, keep=STEPS)
    return part


def torch_loop(side, part=10):
    import torch

    lr, beta1 = (axis.ravel() for axis in np.meshgrid(*grid(side), indexing="ij"))
    for i in np.linspace(0, lr.size - 1, part).astype(int):
        theta = torch.tensor(START, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.Adam([theta], lr=float(lr[i]), betas=(float(beta1[i]), 0.999))
        for _ in range(STEPS):
            optimizer.zero_grad()
            x, y = theta
            ((1 - x) ** 2 + 100 * (y - x**2) ** 2).backward()
            optimizer.step()
    return part


def optax_batch(side):
    import jax
    import optax

    jax.config.update("jax_enable_x64", True)
    value = lambda th: (1 - th[0]) ** 2 + 100 * (th[1] - th[0] ** 2) ** 2  # noqa: E731

    def one(lr, beta1):
        rule = optax.adam(lr, b1=beta1)
        theta = jax.numpy.array(START)

        def step(carry, _):
            theta, state = carry
            change, state = rule.update(jax.grad(value)(theta), state)
            return (optax.apply_updates(theta, change), state), None

        return value(jax.lax.scan(step, (theta, rule.init(theta)), None, STEPS)[0][0])

    whole = jax.jit(jax.vmap(jax.vmap(one, (None, 0)), (0, None)))
    lr, beta1 = grid(side)
    return lambda: whole(lr, beta1).block_until_ready()


def main():
    side = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    whole = side * side
    rows = [("primer, one run", median_time(lambda: primer_batch(side)))]
    rows.append(("primer, a loop", median_time(lambda: primer_loop(side), 3) * whole / 40))
    for name, measure in (("torch, a loop", _torch), ("optax, vmap + jit", _optax)):
        try:
            rows.append((name, measure(side)))
        except ImportError as missing:
            print(f"{name}: left out, {missing.name} is not installed")
    print(f"{whole} runs x {STEPS} steps of Adam, median seconds")
    for name, seconds in rows:
        print(f"{name:24s}{seconds:10.3f} s   x {seconds / rows[0][1]:8.1f}")


def _torch(side):
    return median_time(lambda: torch_loop(side), 3) * side * side / 10


def _optax(side):
    begin = time.perf_counter()
    compiled = optax_batch(side)
    reference = np.asarray(compiled())
    print(f"optax compiles first, {time.perf_counter() - begin:.2f} s, not counted below")
    ours = primer_batch(side)
    same = np.isclose(ours, reference, rtol=1e-6) | ~np.isfinite(ours)
    print(f"primer and optax agree to 1e-6 in {same.mean():.1%} of the grid")
    return median_time(compiled)


if __name__ == "__main__":
    main()
