"""The papers' algorithms typed by hand, as plain loops; t counts from 1, as it does there.

Where a paper leaves a choice, the convention is torch's (see the docstring of each rule). Every
function yields theta_1, theta_2, … for a start, a number of steps and the rule's numbers.
"""

import numpy as np
from numpy import abs, maximum, minimum, sign, sqrt


def sgd(J, x, T, lr):
    for _ in range(T):
        x = x - lr * J.grad(x)
        yield x


def polyak_1964(J, x, T, lr, beta):
    """x_{n+1} = x_n - alpha grad + beta (x_n - x_{n-1})."""
    before = x
    for _ in range(T):
        x, before = x - lr * J.grad(x) + beta * (x - before), x
        yield x


def nesterov_1983(J, x, T, lr, beta):
    """y = x_n + beta (x_n - x_{n-1}); x_{n+1} = y - alpha grad(y)."""
    before = x
    for _ in range(T):
        y = x + beta * (x - before)
        x, before = y - lr * J.grad(y), x
        yield x


def duchi_2011(J, x, T, lr, eps):
    gradients = []
    for _ in range(T):
        gradients.append(J.grad(x))
        x = x - lr / (sqrt(np.sum(np.square(gradients), axis=0)) + eps) * gradients[-1]
        yield x


def weighted(history, beta):
    """(1 - beta) * sum of beta**(t-i) * history_i: the running mean, unrolled."""
    t = len(history)
    return (1 - beta) * sum(beta ** (t - 1 - i) * h for i, h in enumerate(history))


def hinton_2012(J, x, T, lr, beta, eps):
    g = []
    for _ in range(T):
        g.append(J.grad(x))
        x = x - lr * g[-1] / (sqrt(weighted(np.square(g), beta)) + eps)
        yield x


def graves_2013(J, x, T, lr, beta, eps):
    g = []
    for _ in range(T):
        g.append(J.grad(x))
        variance = weighted(np.square(g), beta) - np.square(weighted(g, beta))
        x = x - lr * g[-1] / (sqrt(maximum(variance, 0)) + eps)
        yield x


def zeiler_2012(J, x, T, lr, beta, eps):
    g, steps = [], [0 * x]
    for _ in range(T):
        g.append(J.grad(x))
        rms_x = sqrt(weighted(np.square(steps), beta) + eps)
        steps.append(-rms_x / sqrt(weighted(np.square(g), beta) + eps) * g[-1])
        x = x + lr * steps[-1]
        yield x


def moments(g, beta1, beta2):
    """m_hat and v_hat of Kingma and Ba, Algorithm 1, unrolled."""
    t = len(g)
    return (
        weighted(g, beta1) / (1 - beta1**t),
        weighted(np.square(g), beta2) / (1 - beta2**t),
    )


def kingma_2015(J, x, T, lr, beta1, beta2, eps):
    g = []
    for _ in range(T):
        g.append(J.grad(x))
        m, v = moments(g, beta1, beta2)
        x = x - lr * m / (sqrt(v) + eps)
        yield x


def adamax_2015(J, x, T, lr, beta1, beta2, eps):
    """u_t = max(beta2^(t-i) |g_i|), with eps on every |g|."""
    g = []
    for t in range(1, T + 1):
        g.append(J.grad(x))
        u = np.max([beta2 ** (t - 1 - i) * (abs(h) + eps) for i, h in enumerate(g)], axis=0)
        x = x - lr / (1 - beta1**t) * weighted(g, beta1) / u
        yield x


def adam_with_l2(J, x, T, lr, beta1, beta2, eps, weight_decay):
    """Loshchilov and Hutter, Algorithm 2, line 6 in pink."""
    g = []
    for _ in range(T):
        g.append(J.grad(x) + weight_decay * x)
        m, v = moments(g, beta1, beta2)
        x = x - lr * m / (sqrt(v) + eps)
        yield x


def loshchilov_2019(J, x, T, lr, beta1, beta2, eps, weight_decay):
    """Algorithm 2, line 12 in green, the decay multiplied by lr."""
    g = []
    for _ in range(T):
        g.append(J.grad(x))
        m, v = moments(g, beta1, beta2)
        x = x - lr * (m / (sqrt(v) + eps) + weight_decay * x)
        yield x


def reddi_2018(J, x, T, lr, beta1, beta2, eps):
    g, largest = [], 0.0
    for t in range(1, T + 1):
        g.append(J.grad(x))
        largest = maximum(largest, weighted(np.square(g), beta2))
        m = weighted(g, beta1) / (1 - beta1**t)
        x = x - lr * m / (sqrt(largest / (1 - beta2**t)) + eps)
        yield x


def dozat_2016(J, x, T, lr, beta1, beta2, eps, momentum_decay):
    def mu(t):
        return beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay))

    g = []
    for t in range(1, T + 1):
        g.append(J.grad(x))
        product = np.prod([mu(i) for i in range(1, t + 1)])
        ahead = mu(t + 1) * weighted(g, beta1) / (1 - product * mu(t + 1))
        m = ahead + (1 - mu(t)) * g[-1] / (1 - product)
        x = x - lr * m / (sqrt(moments(g, beta1, beta2)[1]) + eps)
        yield x


def liu_2020(J, x, T, lr, beta1, beta2, eps):
    """Algorithm 2, with eps on the uncorrected root and the switch at 5."""
    g, longest = [], 2 / (1 - beta2) - 1
    for t in range(1, T + 1):
        g.append(J.grad(x))
        m, _ = moments(g, beta1, beta2)
        rho = longest - 2 * t * beta2**t / (1 - beta2**t)
        if rho > 5:
            above = (rho - 4) * (rho - 2) * longest
            r = sqrt(above / ((longest - 4) * (longest - 2) * rho))
            scale = sqrt(1 - beta2**t) / (sqrt(weighted(np.square(g), beta2)) + eps)
            x = x - lr * r * m * scale
        else:
            x = x - lr * m
        yield x


def chen_2023(J, x, T, lr, beta1, beta2, weight_decay):
    m = 0 * x
    for _ in range(T):
        g = J.grad(x)
        update = sign(beta1 * m + (1 - beta1) * g)
        m = beta2 * m + (1 - beta2) * g
        x = x - lr * (update + weight_decay * x)
        yield x


def pagliardini_2025(J, x, T, lr, beta1, beta2, beta3, alpha, eps, weight_decay):
    """Algorithm 1 without its schedules of alpha and beta3."""
    g = []
    for _ in range(T):
        g.append(J.grad(x))
        m, v = moments(g, beta1, beta2)
        ratio = (m + alpha * weighted(g, beta3)) / (sqrt(v) + eps)
        x = x - lr * (ratio + weight_decay * x)
        yield x


def defazio_2024(J, x, T, lr, beta1, beta2, eps, weight_decay):
    """Algorithm 1 with its AdamW step and no warm-up; the average as a weighted mean of all z."""
    z, g, behind, weights = x, [], [], []
    for _ in range(T):
        y = (1 - beta1) * z + beta1 * x
        g.append(J.grad(y))
        _, v = moments(g, beta1, beta2)
        z = z - lr * g[-1] / (sqrt(v) + eps) - lr * weight_decay * y
        behind.append(z)
        weights.append(lr**2)
        x = np.average(behind, axis=0, weights=weights)
        yield x


def mishchenko_2024(J, x, T, lr, beta1, beta2, eps, weight_decay, d0):
    """The version for Adam, unrolled, with the authors' code's new d before eps."""
    first, d, g, gains = x, [d0], [], []
    for _ in range(T):
        g.append(J.grad(x))
        gains.append(d[-1] ** 2 * lr * np.sum(g[-1] * (first - x)))
        scaled = [a * b for a, b in zip(d, g, strict=True)]
        m, v = weighted(scaled, beta1), weighted(np.square(scaled), beta2)
        r = weighted(gains, sqrt(beta2))
        s = weighted([lr * a * b for a, b in zip(d, scaled, strict=True)], sqrt(beta2))
        d.append(max(d[-1], r / np.sum(abs(s))))
        x = x - lr * d[-2] * (m / (sqrt(v) + d[-1] * eps) + weight_decay * x)
        yield x


def liu_2024(J, x, T, lr, beta1, beta2, gamma, eps, weight_decay, every, seed):
    """Algorithm 3 with Hutchinson's estimator of Algorithm 1, and the whole Hessian."""
    g, looks = [], []
    for t in range(1, T + 1):
        g.append(J.grad(x))
        if t % every == 1 % every:
            u = np.random.default_rng([seed, t - 1]).choice([-1.0, 1.0], len(x))
            looks.append(u * (J.hess(x) @ u))
        m, h = weighted(g, beta1), weighted(looks, beta2)
        x = x - lr * weight_decay * x - lr * minimum(maximum(m / maximum(gamma * h, eps), -1), 1)
        yield x


def projected(J, x, T, low, high):
    """Around SGD at the rate of the tests."""
    from helpers import lively

    rate = lively("SGD").lr
    for _ in range(T):
        x = minimum(maximum(x - rate * J.grad(x), low), high)
        yield x


PAPERS = {
    "SGD": sgd, "Momentum": polyak_1964, "Nesterov": nesterov_1983, "AdaGrad": duchi_2011,
    "RMSProp": hinton_2012, "CenteredRMSProp": graves_2013, "Adadelta": zeiler_2012,
    "Adam": kingma_2015, "Adamax": adamax_2015, "AdamL2": adam_with_l2, "AdamW": loshchilov_2019,
    "AMSGrad": reddi_2018, "NAdam": dozat_2016, "RAdam": liu_2020, "Lion": chen_2023,
    "AdEMAMix": pagliardini_2025, "ScheduleFree": defazio_2024, "Prodigy": mishchenko_2024,
    "Sophia": liu_2024,
    "Project": projected,
}  # fmt: skip
