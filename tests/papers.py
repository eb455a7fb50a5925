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


def cut(J, x):
    """The blocks of x: matrices and vectors."""
    ends = np.cumsum([np.prod(shape) for shape in J.shapes])[:-1]
    return [part.reshape(shape) for part, shape in zip(np.split(x, ends), J.shapes, strict=True)]


def by_blocks(J, x, T, of_matrix, of_vector):
    """theta_1, theta_2, … when every block is stepped by itself.

    Both get all gradients of the block so far, and all its values, and return the next value.
    """
    seen = [([], [W]) for W in cut(J, x)]
    for _ in range(T):
        now = np.concatenate([values[-1].ravel() for _, values in seen])
        for G, (gradients, values) in zip(cut(J, J.grad(now)), seen, strict=True):
            gradients.append(G)
            step = of_matrix if G.ndim == 2 else of_vector
            values.append(step(gradients, values))
        yield np.concatenate([values[-1].ravel() for _, values in seen])


def adamw_on(lr, beta1, beta2, eps, weight_decay):
    """AdamW's step of a vector, for what is no matrix."""

    def step(g, x):
        m, v = moments(g, beta1, beta2)
        return x[-1] - lr * (m / (sqrt(v) + eps) + weight_decay * x[-1])

    return step


def newton_schulz(G, eps=0.0):
    """Keller Jordan's five iterations of Newton and Schulz, in the precision of G."""
    tall = G.shape[-2] > G.shape[-1]
    X = G / (np.linalg.norm(G, axis=(-2, -1), keepdims=True) + eps)
    X = X.swapaxes(-2, -1) if tall else X
    for _ in range(5):
        A = X @ X.swapaxes(-2, -1)
        X = 3.4445 * X + (-4.7750 * A + 2.0315 * A @ A) @ X
    return X.swapaxes(-2, -1) if tall else X


def jordan_2024(J, x, T, lr, beta, weight_decay, beta1, beta2, eps):
    def of_matrix(g, W):
        momentum = sum(beta ** (len(g) - 1 - i) * G for i, G in enumerate(g))
        out_over_in = W[0].shape[1] / W[0].shape[0]
        update = maximum(1, out_over_in) ** 0.5 * newton_schulz(momentum)
        return (1 - lr * weight_decay) * W[-1] - lr * update

    return by_blocks(J, x, T, of_matrix, adamw_on(lr, beta1, beta2, eps, weight_decay))


def shazeer_2018(J, x, T, lr, clip, eps1, eps2):
    """Algorithms 4 and 5, the hyperparameters of 6, and the sums of Algorithm 4 as means."""

    def mean_squares(g):
        mean = 0.0
        for t, G in enumerate(g, 1):
            beta2 = 1 - t**-0.8
            mean = beta2 * mean + (1 - beta2) * (G**2 + eps1)
        return mean

    def rms(X):
        return sqrt(np.mean(X**2))

    def update(G, V, X):
        U = G / sqrt(V)
        return X - maximum(eps2, rms(X)) * lr * U / maximum(1, rms(U) / clip)

    def of_matrix(g, W):
        S = mean_squares(g)
        return update(g[-1], np.outer(S.sum(1), S.sum(0)) / S.sum(), W[-1])

    return by_blocks(J, x, T, of_matrix, lambda g, x: update(g[-1], mean_squares(g), x[-1]))


def root(S, exponent):
    """A power of a symmetric matrix through its singular values."""
    U, s, Vt = np.linalg.svd(S)
    return U @ np.diag(s**exponent) @ Vt


def gupta_2018(J, x, T, lr, eps):
    """Algorithm 1; the diagonal version, with eps outside the root, for what is no matrix."""

    def of_matrix(g, W):
        rows, cols = W[0].shape
        L = eps * np.eye(rows) + sum(G @ G.T for G in g)
        R = eps * np.eye(cols) + sum(G.T @ G for G in g)
        return W[-1] - lr * root(L, -1 / 4) @ g[-1] @ root(R, -1 / 4)

    def of_vector(g, x):
        return x[-1] - lr * g[-1] / (sqrt(sum(np.square(g))) + eps)

    return by_blocks(J, x, T, of_matrix, of_vector)


def you_2020(J, x, T, lr, beta1, beta2, eps, weight_decay):
    """Algorithm 2 with phi(z) = z."""

    def step(g, x):
        m, v = moments(g, beta1, beta2)
        r = m / (sqrt(v) + eps) + weight_decay * x[-1]
        return x[-1] - lr * np.linalg.norm(x[-1]) / np.linalg.norm(r) * r

    return by_blocks(J, x, T, step, step)


def vyas_2025(J, x, T, lr, beta1, beta2, eps, weight_decay, every):
    """Algorithms 3 and 4, Adam in the basis as in the authors' code.

    There the first step only makes the basis, and V is sorted with the columns of the basis.
    """

    def of_matrix(g, W):
        if len(g) == 1:
            return W[-1]
        V, Q = 0.0, [basis(g[0] @ g[0].T), basis(g[0].T @ g[0])]
        for t in range(1, len(g)):
            if t > 1 and (t - 1) % every == 0:
                V, Q = renewed(V, Q, g[:t], beta2)
            V = beta2 * V + (1 - beta2) * (Q[0].T @ g[t] @ Q[1]) ** 2
        t = len(g) - 1
        M = weighted(g[1:], beta1) / (1 - beta1**t)
        N = Q[0].T @ M @ Q[1] / (sqrt(V / (1 - beta2**t)) + eps)
        return (1 - lr * weight_decay) * (W[-1] - lr * Q[0] @ N @ Q[1].T)

    return by_blocks(J, x, T, of_matrix, adamw_on(lr, beta1, beta2, eps, weight_decay))


def basis(S):
    """Eigenvectors, those of the largest eigenvalues first."""
    return np.linalg.eigh(S)[1][:, ::-1]


def renewed(V, Q, g, beta2):
    """V and the bases after one power iteration each, sorted."""
    for k, S in enumerate(([G @ G.T for G in g], [G.T @ G for G in g])):
        P = weighted(S, beta2)
        order = np.argsort(-np.diag(Q[k].T @ P @ Q[k]))
        V = np.take(V, order, axis=k)
        Q[k] = np.linalg.qr(P @ Q[k][:, order])[0]
    return V, Q


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
    "Sophia": liu_2024, "Muon": jordan_2024, "Adafactor": shazeer_2018, "Shampoo": gupta_2018,
    "LAMB": you_2020, "SOAP": vyas_2025,
    "Project": projected,
}  # fmt: skip
