"""Expressions of NumPy and Python over what a step has, for the page and Python to agree on."""

import itertools

OPERANDS = """
2 -3 0 2.5 -0.5 True False t c self.a self.n self.flag self.s self.w g k theta.shape[-1]
np.float64(1.5) np.array([1.0,-2.0]) np.array([True,False]) (g>0) (t>3) np.int64(2) g[0]
[1.0,2.0] (t%2) np.bool_(True)
""".split()
OPERATORS = "+ - * / // % ** & | ^ < <= > >= == != @".split()
ONE = """sqrt square absolute sign exp log cos sin tanh floor isfinite isnan isinf positive negative
expm1 log1p log2 log10 cbrt sinh cosh tan ceil logical_not invert""".split()
TWO = """add subtract multiply divide power maximum minimum less less_equal greater greater_equal
equal not_equal logical_and logical_or logical_xor bitwise_and bitwise_or bitwise_xor floor_divide
remainder hypot copysign abs mod""".split()
ARGUMENTS = "2 2.0 True t c self.a self.s g k (g>0) np.array([1.0,4.0]) self.n".split()
SHAPES = [
    "theta",
    "g[..., None]",
    "g[None, :]",
    "g[..., None] * theta",
    "np.stack([g, theta])",
    "k",
]
REDUCTIONS = "sum mean prod max min any all amax amin".split()
#: Parted by bars; the first axis is none at all.
AXES = """ | axis=-1 | axis=0 | axis=None | axis=(0,) | axis=-1, keepdims=True | axis=-2 |
axis=(-1, -2) | axis=(0, 1), keepdims=True | axis=5 | keepdims=True"""
KEYS = """0 | -1 | 1 | 5 | ... | ..., 0 | ..., :1 | ..., None | : | 1: | :-1 | ::-1 | None |
..., 1: | ..., None, : | 0:0 | [0, 1] | [1, 0] | [True, False] | (0,) | t | True | ..., -1 | 0, 0 |
:, None | None, ... | theta.shape[-1] - 1 | self.n - 2 | -2: | 1:0:-1 | ::2 | ..., [0] |
np.array([1]) | g > 0 | 1.0 | ..., ..., 0 | self.s"""
OTHERS = """
np.where(g > 0, g, 0)
np.where(g > 0, g, 0.0)
np.where(g > 0, 1, 0)
np.where(t > 3, 1, 2)
np.where(t > 3, g, theta)
np.where(True, g, 0)
np.where(False, 1.5, 2)
np.where([True, False], 1.5, g)
np.where(g, g, 0)
np.where(g > 0)
np.where(condition=g > 0, x=1, y=0)
np.where(g > 0, g > 1, True)
np.where(k > 0, g, k)
np.clip(g, -1, 1)
np.clip(g, -1, None)
np.clip(g, None, 1)
np.clip(g, -1.0, 1.0)
np.clip(g, -self.s, self.s)
np.clip(g, k, 1)
np.clip(g, 0, [1.0, 2.0])
np.clip(t, 0, 10)
np.clip(2.0, 0, 1)
np.clip(g, 1)
np.clip(g, min=-1, max=1)
np.clip(g, max=self.s)
g.clip(min=0)
g.clip(-1, 1)
g.clip(-self.a, self.a)
np.clip(g, a_min=-1, a_max=1)
np.clip(np.array([-2.0, 3.0]), -1, 1)
np.stack([g, theta])
np.stack([g, theta], axis=-1)
np.stack([g, theta], axis=1)
np.stack((g[0], g[0]))
np.stack([g[0], 2.0])
np.stack([g, 1.0])
np.stack([g, k])
np.stack([g[..., None], theta[..., None]], axis=-1)
np.stack(g)
np.stack([])
np.stack([1.0, 2.0])
np.concatenate([g, theta])
np.concatenate([g, theta], axis=-1)
np.concatenate([g, theta], -1)
np.concatenate([g, k])
np.concatenate([g[..., None], theta[..., None]], axis=-1)
np.concatenate([g[..., None], theta[..., None]], axis=0)
np.concatenate([g[..., None], theta])
np.concatenate([g, 1.0])
np.concatenate([[1.0], [2.0, 3.0]])
np.concatenate([g, [1.0]])
np.linalg.norm(g)
np.linalg.norm(g, axis=-1)
np.linalg.norm(g, axis=-1, keepdims=True)
np.linalg.norm(g, 2)
np.linalg.norm(g, ord=2)
np.linalg.norm(g, 1)
np.linalg.norm(g, ord=np.inf)
np.linalg.norm(g, None, -1, True)
np.linalg.norm(H)
np.linalg.norm(H, axis=(0, 1))
np.linalg.norm(H, axis=0)
np.linalg.norm(H, 2)
np.linalg.norm(H, 'fro')
np.linalg.norm(2.0)
np.linalg.solve(H, g)
np.linalg.solve(H, g[..., None])
np.linalg.solve(H, g[..., None])[..., 0]
np.linalg.solve(H + np.eye(2), g)
np.linalg.solve(H, H)
np.linalg.solve(g, g)
np.linalg.solve(np.eye(2), g)
solve(H, g)
solve(H + 1e-3 * np.eye(2), g)
solve(2 * H, theta)
H @ g
g @ H
g @ g
H @ H
g @ 2
2 @ g
g @ [1.0, 2.0]
g[..., None] @ g[None, :]
g @ g[..., None]
(g > 0) @ g
(g > 0) @ (g > 0)
np.eye(2) @ g
np.matmul(H, g)
np.dot(g, g)
np.dot(H, g)
np.dot(2, g)
np.dot(2.0, 3.0)
np.dot(g, 2)
g.dot(g)
np.outer(g, theta)
np.outer(g, [1.0, 2.0])
np.outer(H, g)
H[0]
H[0, 1]
H[:, 0]
H[..., 0]
H[0][1]
H[1:, :1]
H[None]
H[[0, 1], 0]
H[[0, 1]]
H[:, [1, 0]]
np.diagonal(H)
np.diagonal(g)
np.swapaxes(H, 0, 1)
np.swapaxes(H, -1, -2)
np.swapaxes(g, 0, 1)
np.moveaxis(H, 0, -1)
np.moveaxis(H, -1, 0)
np.ravel(H)
H.ravel()
np.reshape(H, -1)
np.reshape(H, (-1,))
np.reshape(g, (-1, 1))
np.reshape(g, (3, -1))
g.reshape(-1, 1)
g.reshape((1, -1))
g.reshape(1, -1)
np.reshape(g, (1, 2))
np.squeeze(g[..., None])
np.squeeze(g[..., None], axis=-1)
np.squeeze(g, axis=0)
np.squeeze(g[None, :, None], axis=(0, 2))
np.expand_dims(g, 0)
np.expand_dims(g, -1)
np.expand_dims(g, axis=1)
np.expand_dims(g, axis=3)
np.flip(g)
np.flip(g, 0)
np.flip(H, -1)
np.flip(H)
np.roll(g, 1)
np.roll(g, -1)
np.roll(g, 3, axis=0)
np.roll(H, 1)
np.roll(H, 1, axis=-1)
np.roll(g, 0)
np.broadcast_to(k, g.shape)
np.broadcast_to(k, (2,))
np.broadcast_to(g, (3, 2))
np.broadcast_to(g, (3,))
np.broadcast_to(t, g.shape)
np.copy(g)
np.copy(t)
g.copy()
np.zeros_like(g)
np.zeros_like(g) + 1
np.zeros_like(t)
np.zeros_like(g, dtype=bool)
np.zeros_like(2.0)
np.ones_like(g)
np.ones_like(g > 0)
np.ones_like(g) * g
np.full_like(g, 2)
np.full_like(g, self.s)
np.full_like(g, t)
np.full_like(t, 2.5)
np.full_like(g > 0, 1.0)
0 + np.shape(g)[0]
np.ndim(g)
g.ndim
0 + g.shape[0]
g.shape[-1] * g
len(g.shape)
H.shape[0] * H.shape[1] * g
theta.shape[-1] ** 2
theta.shape[-1] ** 0.5
np.sqrt(theta.shape[-1])
np.sqrt(theta.shape[-1]) * g
theta.shape[-1] / 2
2 / theta.shape[-1]
-theta.shape[-1]
theta.shape[-1] > 1
theta.shape[-1] == 2
theta.shape[-1] // 2
1 if theta.shape[-1] > 1 else 2
1 if theta.shape[-1] == 2 else 2
1 if theta.shape[-1] > 2 else 2
float(theta.shape[-1])
int(theta.shape[-1])
abs(theta.shape[-1])
0 + max(theta.shape[-1], 1)
max(theta.shape[-1], self.n)
[g[..., i] for i in range(theta.shape[-1])][0]
sum(g[..., i] for i in range(theta.shape[-1]))
sum([g, theta])
sum([g, theta], 1.5)
sum(range(4))
sum([])
sum([1, 2.5, True])
sum([True, True])
np.stack([g[..., i] ** 2 for i in range(g.shape[-1])], axis=-1)
np.zeros(2)
np.zeros(2) + g
np.zeros(theta.shape)
np.ones((2,), dtype=int)
np.ones(2, bool)
np.full(2, 1.5)
np.full((2,), 1)
np.full(2, self.s)
np.eye(2)
np.eye(2)[0]
np.identity(2)
np.arange(2)
np.arange(2) * g
np.arange(1, 5, 2)
np.arange(0.0, 1.0, 0.3)
np.arange(3, 0, -1)
np.arange(2.0)
np.array([1, 2])
np.array([1, 2.5])
np.array([[1, 2], [3, 4]])
np.array([[1, 2], [3, 4]]) @ g
np.array([1, 2]) / 3
np.array([1, 2]) // 2
np.array([-7, 7]) % 3
np.array([-7.5, 7.5]) % 3
np.array([-7.5, 7.5]) // 2
np.array([2, 3]) ** 2
np.array([2, 3]) ** -1
np.array([2.0, 3.0]) ** -1
np.array([2.0, 3.0]) ** 0.5
np.array([1.0, 0.0]) / 0
np.array([True, False]) + True
np.array([True, False]) + np.array([True, True])
np.array([True, False]) * 3
np.array([True, False]) - 1
-np.array([True, False])
~np.array([True, False])
~np.array([1, 2])
np.array([1, 2]) & 1
np.array([1.5, 2.5]) & 1
np.array([1, 2]) == 1
np.array([1, 2]).sum()
np.array([1, 2]).mean()
np.array([[1, 2], [3, 4]]).max(axis=0)
np.array([1.0, 2.0])[0] ** 2
np.array([1.0, 2.0]).shape[0]
np.array(2.0) * g
np.array([1, [2, 3]])
np.array(['a'])
np.asarray([1.0, 2.0]) * g
np.array([g, theta])
np.float64(1)
np.float64(3) / 2
np.float64(1) / 0
np.float64(t)
np.int64(3) / 2
np.int64(3) // 2
np.bool_(True) + np.bool_(True)
np.bool_(True) + 1
np.pi * g
np.e
np.inf
np.nan
-np.inf * g
np.newaxis is None
g[np.newaxis, :]
np.sqrt(2)
np.sqrt(2.0) * g
np.sqrt(-1.0)
np.sqrt(True)
np.sqrt(self.a)
np.sqrt(self.s)
np.sqrt(t + 1)
np.maximum(1, 2)
np.maximum(1, 2.5)
np.maximum(True, False)
np.minimum(t, 3)
np.maximum(g, 0)
np.maximum(g, theta, k)
np.maximum(g)
np.abs(-3)
np.add(True, True)
np.add(t, t)
np.square(g)
np.square(3)
np.square(g > 0)
np.sum([1.0, 2.0, 3.0])
np.sum(np.arange(10))
np.mean([1, 2])
np.max([1, 5, 3])
np.prod([2, 3])
np.any([False, True])
np.all([g > 0])
np.sum(3)
np.mean(g, 0)
np.sum(g, 0)
np.sum(H, axis=(0, 1))
np.sum(H, axis=(1, 0))
np.sum(H, axis=(0,))
np.sum(g[None, :, None] * H, axis=(0, 2))
np.sum(g[None, :, None] * H, axis=(0, 1, 2))
np.sum(g[None, :, None] * H, axis=(0, 1))
np.sum(g > 0)
np.mean(g > 0)
np.prod(g > 0)
np.max(g > 0)
np.any(g > 0)
np.any(g)
np.all(g > 0, axis=-1, keepdims=True)
g.sum()
g.sum(-1)
g.sum(axis=-1, keepdims=True)
(g**2).sum(-1, keepdims=True) ** 0.5
g.mean()
g.max() - g.min()
g.any()
(g > 0).sum()
(g > 0).astype(float)
(g > 0).astype(int)
g.astype(int)
g.astype(float)
g.astype(np.float64)
g.astype(bool)
g.astype(theta.dtype)
t.astype(float)
(t > 3).astype(float)
(g > 0).astype(float) * 2
np.float64(2).astype(int)
g.item()
g[0].item()
np.float64(2).item()
g.T
H.T @ g
g.T @ g
(H + H.T).transpose()[0]
np.transpose(g[..., None] * theta)
H.diagonal()
g.size
H.size * g
np.eye(g.size) @ g
sum([g[..., i] for i in range(g.size)])
g / theta.size
g.foo
g.std()
g.std(axis=-1, keepdims=True)
g.var()
(g > 0).std()
np.std(g[..., None] * theta, axis=0)
np.std([1.0, 2.0, 4.0])
np.var(t)
np.std(g, ddof=1)
(2.0).sum()
self.a.sum()
np.var(g)
np.std(g)
np.median(g)
np.transpose(H)
np.linalg.inv(H)
np.linalg.det(H)
np.random.rand(2)
np.cumsum(g)
np.sort(g)
np.hstack([g, g])
np.foo(g)
np.exp(0)
np.exp(g, out=g)
np.sum(g, out=g)
np.sum(g, dtype=float)
np.add(g, 1, where=g > 0)
np.maximum.reduce(g)
np.maximum(g, [1.0, 2.0])
np.power(g, 2)
np.power(g, 3)
np.power(g, 0.5)
np.power(2.0, t)
np.power(2, 3)
np.power(2, -1)
g ** 0.5
g ** -1
g ** t
t ** 2
t ** -1
t ** 0.5
2 ** t
2 ** -1
2 ** 0.5
0 ** -1
0.0 ** 0
(-2) ** 3
-2 ** 2
(-8) ** (1 / 3)
(-8.0) ** 2
0.9 ** 100
10 ** 15
10 ** 20
10.0 ** 400
2 ** 3 ** 2
1e308 * 10
7 // 2
-7 // 2
7 // -2
7.5 // 2
-7.5 // 2
7 % 3
-7 % 3
7 % -3
-7.5 % 2
7.5 % -2
5 % 0
5 // 0
5.0 / 0
1 / 3
6 / 3
True + True
True / 2
True * 2.5
not 0
not g
not 2.5
1 < 2 < 3
1 < 2 > 3
0 < g < 1
0 < t < 5
0 < self.a < 1
1 and 2
0 or 2.5
0 and g
1 or g
g and 1
t or 1
self.flag and 2
None or 3
None is None
g is None
g is not None
3 in (1, 2, 3)
4 not in [1, 2]
"m" in state
"z" in state
2 if self.flag else 3
2 if self.a > 0.2 else 3
2 if t > 3 else 4
2 if self.s > 0.2 else 3
2 if g else 3
2 if "m" in state else 3
max(1, 2.5)
max([1, 2, 3])
max(t, 3)
max(self.s, 1)
max(g)
min(2, True)
max(1)
pow(2, 3)
pow(g, 2)
pow(0.9, t + 1)
pow(base=2.0, exp=t)
pow(g)
abs(-2)
abs(-2.5)
abs(g)
abs(True)
abs(self.s)
float(3)
float("inf")
float("1e-3")
float(t)
float(self.s)
float(self.n)
int(2.7)
int(-2.7)
int(t)
int(True)
bool(2)
bool(0.0)
bool(g)
bool(self.flag)
round(2.5)
round(3.5)
round(-2.5)
round(2.675, 2)
round(1.005, 2)
round(0.125, 2)
round(2.5, 0)
round(7, 1)
round(t)
round(self.a, 1)
len([1, 2])
len((1, 2, 3))
len(state)
len(g)
len("abc")
range(3)[1]
list(range(3))[-1]
tuple([1, 2])[0]
[1, 2] + [3]
([1, 2] + [3])[2]
((1, 2) + (3,))[-1]
([0] * 3)[1]
(2 * [1, 5])[3]
[1, 2][5]
[1, 2][1.0]
[1, 2, 3][::2][1]
[x * 2 for x in range(3)][2]
[x for x in range(5) if x % 2][1]
[i * j for i in range(3) for j in range(3)][5]
[a + b for a, b in zip((1, 2), (3, 4))][1]
[i * x for i, x in enumerate((5, 6))][1]
dict(a=1)["a"]
{"a": 1, **{"b": 2}}["b"]
{"a": 1}["b"]
{"a": 1}.get("b", 5)
{**state}["m"]
list(state.keys())[0] == "m"
list(state.values())[0]
[v for key, v in state.items()][0]
state["z"]
state["m"] + 1
state["c"] + 1
state["c"] * g
(lambda x: x * 2)(g)
(lambda x, y=3: x * y)(2)
(lambda x, y=3: x * y)(2, y=g)
(lambda: g)()
(lambda x: x)()
(lambda x: x)(1, 2)
helper(g)
helper(g, 2)
helper(g, scale=0.5)
helper(*(g, 3))
helper(**{"x": g})
helper(x=g, y=1)
recursive(4)
recursive(3) * g
self.method(g)
self.method(2.5)
self.extra * g
self.zzz
TWO * g
UNKNOWN
power(self.a, t + 1)
power(self.a, 3)
power(self.a, 2)
power(0.9, 0)
power(2, 3)
power(self.s, t)
power(g, 2)
power(g, 3)
power(g, t)
power(self.a, t + self.n)
power(self.a, 2.0)
power(self.a, -1)
power(self.a, True)
power(np.float64(0.9), 5)
power(np.array([0.5, 0.9]), 7)
power(0.5, np.array([1, 2]))
power(self.s, 2)
power(b=self.a, n=t)
scaled_power(self.a, 0.9, t)
scaled_power(2.0, 0.5, 3)
scaled_power(g, self.s, t)
scaled_power(1e-3, 1e3, 103)
when(t % 10 == 0, lambda: g, theta)
when(True, lambda: g, theta)
when(False, lambda: 1 / 0, theta)
when(self.a > 1, lambda: 1 / 0, theta)
when(t > 0, lambda: 2, 3)
norms(self, J, g)
norms(self, J, g + theta)
Signs(0, 2)[t]
Signs(0, theta.shape[-1])[t] * g
Signs(0, 2)[t + 1]
J(theta)
J(theta) * g
J.grad(theta)
J.grad(theta + 1)
J.grad(theta - self.a * m)
J.grad(g)
J.grad(k)
J.grad(2)
J.hess(theta) @ g
J.hvp(theta, g)
J.hvp(theta, g[..., None])
J.foo(theta)
J.grad(theta, 1)
g + None
g + "a"
"a" + "b"
"a" * 2
g + (1.0, 2.0)
(1.0, 2.0) + g
(1.0, 2.0) * g
g + {}
g()
g.sum
[g, theta][0]
(g, theta)[1]
-g
+g
~g
~(g > 0)
~True
~5
-True
(g > 0) & (theta > 0)
(g > 0) | (t > 3)
(t > 3) & (t < 5)
(t > 3) & True
(t > 3) + (t < 5)
(t > 3) * 2.5
(g > 0) + (theta > 0)
(g > 0) * (theta > 0)
(g > 0) - (theta > 0)
(g > 0) * 1.0
(g > 0) == (theta > 0)
np.logical_and(g > 0, theta > 0)
np.logical_and(g, theta)
np.logical_xor(g > 0, True)
np.logical_not(g > 0)
np.sign(t)
np.sign(g > 0)
np.maximum(g > 0, theta > 0)
g // 2
g % 2
t // 2
t % 3
-t
t * t
t / 2
t - 1
t * 2.5
0.96 ** ((t + 1) * 0.004)
(t + 1) ** -0.8
(t + 1) ** 0.5
np.sqrt(t)
self.n * t
self.n ** t
self.n / 2
self.flag * g
self.flag + self.flag
self.w * g
self.w[0]
self.w.sum()
self.s * self.a
self.s ** 2
self.s ** 0.5
self.s > 0.5
self.s == self.s
1 - self.a
1 - self.a ** 2
2 * (1 - self.a) * g
self.a / (1 - self.a)
g / self.a / 2
g * self.a * 2
self.a * 2 * g
g - g
g * 0
0 * g + 1
1e400
-0.0 * 1
0.1 + 0.2
1e16 + 1
2 ** 53 + 1
2 ** 53 - 1
9007199254740993
"""
#: Statements, after which y is what counts.
BODIES = [
    "y = g; y = y * 2; y = y + theta",
    "a, b = g, theta; y = a - b",
    "(a, b), z = (g, theta), 2; y = a - b * z",
    "[a, b] = [1, g]; y = a * b",
    "a = b = g * 2; y = a + b",
    "a, *rest = (1, 2, g); y = rest[1]",
    "*rest, a = (1, 2, g); y = a + rest[0]",
    "a, b = (1, 2, 3); y = a",
    "a, b = theta; y = a",
    "y = 0\nfor i in range(3):\n    y = y + i * g",
    "y = 0\nfor i in range(3):\n    y += i",
    "y = g\nfor i in range(2):\n    y = y * self.a",
    "y = 1\nfor a in (2, 3):\n    for b in (a, g):\n        y = y * b",
    "y = g\ny += 1",
    "y = g\ny *= theta",
    "y = 2\ny **= 3\ny //= 3",
    "y = 2.5\ny -= g",
    "y = [1]\ny += [2]\ny = y[1]",
    "y = [1, 2]\ny[0] = g\ny = y[0]",
    "y = {}\ny['a'] = g\ny = y['a']",
    "theta[0] = 1\ny = g",
    "y = g * 1\ny[0] = 2",
    "y = np.zeros(2)\ny += 1",
    "y = []\nfor i in range(2):\n    y.append(i * g)\ny = y[1]",
    "if self.flag:\n    y = g\nelse:\n    y = theta",
    "if not self.flag:\n    y = g\nelif self.n > 2:\n    y = theta\nelse:\n    y = 1",
    "if self.a > 0.2 and self.n == 3:\n    y = g\nelse:\n    y = 1",
    "if t == 0:\n    y = g\nelse:\n    y = 1",
    "if g > 0:\n    y = g\nelse:\n    y = 1",
    "if self.s > 0.5:\n    y = g\nelse:\n    y = 1",
    "if theta.shape[-1] > 1:\n    y = g\nelse:\n    y = 1",
    "if False:\n    y = g",
    "def f(x):\n    return x * self.a + g\ny = f(theta)",
    "def f(x, n=2):\n    if n == 0:\n        return x\n    return f(x * 2, n - 1)\ny = f(g)",
    "def f(x):\n    pass\ny = f(g)",
    "def f():\n    return later\nlater = 3\ny = f() * g",
    "def f():\n    z = z + 1\n    return z\nz = 1\ny = f()",
    "z = 1\ndef f(z):\n    z = z + 1\n    return z\ny = f(5) + z",
    "fs = [lambda x: x * i for i in range(3)]\ny = fs[0](g)",
    "fs = [lambda x, i=i: x * i for i in range(3)]\ny = fs[1](g)",
    "x = [i for i in range(3)]\ny = i",
    "y = sum(v for v in (g, theta))",
    "assert self.n == 3\ny = g",
    "assert self.n == 4\ny = g",
    "assert t >= 0\ny = g",
    "pass\ny = g",
    "'a text'\ny = g",
    "y: float = g",
    "g = g * 2\nm = m + g\ny = m",
    "y = undefined_name",
    "y = y + 1",
    "t = t + 1\ny = t * g",
    "t += 1\ny = t * g",
    "y = np.sum(g)\nold = y\ny *= self.s\ny -= t\ny = y * old",
    "y = self.s\ny /= 2",
    "y = g[..., 0]\ny += 1",
    "y = np.where(t > 3, 1, 2)\ny += 1",
    "y = 0\nfor i in range(g.shape[-1]):\n    y += g[..., i] ** 2",
    "state = {**state, 'm': g}\ny = state['m']",
    "state = state | {'m': g}\ny = state['m']",
    "d = {'a': 1, 'b': g} | {'a': 2}\ny = d['a'] * d['b']",
    "m, g = g * 1, m * 1\ny = m - 2 * g",
    "x = g\nfor _ in range(self.n):\n    x = x * 0.5\ny = x",
    "for x in theta:\n    y = x",
    "for x in np.array([1.0, 2.0]):\n    y = x * g",
    "for i, x in enumerate((g, theta)):\n    y = i * x",
    "for a, b in zip((1, 2), (g, theta)):\n    y = a * b",
    "for key in state:\n    y = state[key] + 1",
    "for key, v in {'a': 1, 'b': 2}.items():\n    y = v * g",
    "y = 1 if self.a > 2 else g",
    "total = 0.0\nfor i in range(g.shape[-1]):\n    total = total + g[..., i] ** 2\ny = total",
    "return theta - g, {'m': m, 'k': k, 'c': c + 1}",
    "for i in range(2):\n    if i == 1:\n        return theta * i, {**state}\ny = 0",
]


def parted(text):
    return [each.strip() for each in text.split("|")]


def operations():
    """One operator between two values."""
    return [f"{a} {op} {b}" for a, op, b in itertools.product(OPERANDS, OPERATORS, OPERANDS)]


def calls():
    """One function of NumPy, or one index."""
    ones = [f"np.{name}({x})" for name, x in itertools.product(ONE, ARGUMENTS)]
    pairs = itertools.product(TWO, ARGUMENTS[:10], ARGUMENTS[1:11:2])
    reductions = itertools.product(REDUCTIONS, SHAPES, parted(AXES))
    indexed = itertools.product(("g", "H", "np.eye(2)", "g[..., None]"), parted(KEYS))
    return [
        *ones,
        *(f"np.{name}({x}, {y})" for name, x, y in pairs),
        *(f"np.{name}({x}{', ' * bool(axis)}{axis})" for name, x, axis in reductions),
        *(f"{x}[{key}]" for x, key in indexed),
    ]


def others():
    """Whatever else a rule may say."""
    return [line for line in map(str.strip, OTHERS.splitlines()) if line]
