"""Data: what ships is what the README says, splits are fair, texts become numbers faithfully."""

import hashlib
import pathlib
import re

import numpy as np
import pytest
import scipy.sparse

from primer import data, models
from primer.data import text, vendor

FOLDER = pathlib.Path(data.__file__).parent
README = (FOLDER / "README.md").read_text("utf-8")


def test_every_text_has_the_hash_and_size_that_the_readme_states():
    rows = re.findall(r"\| `(\w+\.txt)` \| `[^`]+` \| ([\d,]+) \| `(\w{64})` \|", README)
    files = {path.name: path.read_bytes() for path in (FOLDER / "texts").glob("*.txt")}
    assert {name for name, _, _ in rows} == set(files)
    for name, size, digest in rows:
        assert len(files[name]) == int(size.replace(",", ""))
        assert hashlib.sha256(files[name]).hexdigest() == digest
    assert sum(map(len, files.values())) < 2_000_000
    assert vendor.SOURCE in README
    assert "public domain" in README


def test_texts_hold_nothing_but_the_poets_lines():
    for path in (FOLDER / "texts").glob("*.txt"):
        content = path.read_text("utf-8")
        assert not re.search(r"gutenberg|copyright|etext|\bACT\b|SCENE|Exeunt|\[|\]|\d", content), (
            path
        )


def test_cleaning_drops_headings_speakers_and_directions_and_keeps_the_lines():
    raw = "TITLE\n\nACT I.\n\n[Enter\nGhost.]\n\nHam.\n  Speak;  \nI am. [Aside.]\n\nIV\n\nAy.\n"
    assert vendor.clean(raw, "ACT", verse=False) == "Speak;\nI am.\n\nAy.\n"
    assert vendor.clean("x\nOf Mans\nFruit   10\n\nTHE END.\n", "Of", True) == "Of Mans\nFruit\n"


def test_vendoring_refuses_another_distribution(tmp_path):
    other = tmp_path / "other.tar.gz"
    other.write_bytes(b"")
    with pytest.raises(ValueError, match=r"^path must be the distribution with sha256 f393"):
        vendor.main(str(other))


TABLES = [(data.digits, 1797, 64, 10), (data.breast_cancer, 569, 30, 2)]


@pytest.mark.parametrize(("load", "n", "p", "classes"), TABLES)
def test_a_split_holds_every_example_once_and_depends_on_the_seed_only(load, n, p, classes):
    X, y, X_val, y_val = load(validation=0.25, seed=3)
    assert len(X) + len(X_val) == n
    assert len(X_val) == round(0.25 * n)
    assert X.shape[1:] == X_val.shape[1:] == (p,)
    assert X.dtype == float
    assert set(y) == set(y_val) == set(range(classes))
    again, other = load(validation=0.25, seed=3), load(validation=0.25, seed=4)
    assert all(np.array_equal(a, b) for a, b in zip((X, y, X_val, y_val), again, strict=True))
    assert not np.array_equal(y, other[1])
    counts = [np.bincount(np.concatenate([a, b])) for a, b in ((y, y_val), (other[1], other[3]))]
    assert np.array_equal(*counts)


def test_digits_lie_between_zero_and_one_and_are_learnable():
    X, y, X_val, y_val = data.digits()
    assert X.min() == 0
    assert X.max() == 1
    J = models.softmax(X, y)
    theta = J.initial()
    for _ in range(60):
        theta = theta - 1.0 * J.grad(theta)
    assert J.accuracy(theta, X_val, y_val) > 0.9


def test_breast_cancer_is_standardized_by_its_training_examples():
    X, _, X_val, _ = data.breast_cancer()
    np.testing.assert_allclose(X.mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(X.std(0), 1, rtol=1e-12)
    assert np.abs(X_val.mean(0)).max() > 0.01, "the validation examples had no say"


def test_lines_carry_their_author():
    lines, labels = data.text_lines()
    assert len(lines) == len(labels) == 25_894
    assert labels[lines.index("Who's there?")] == 0
    assert labels[lines.index("Of Mans First Disobedience, and the Fruit")] == 1
    assert 0.45 < labels.mean() < 0.52


def test_a_bag_counts_the_words_of_every_line():
    bag = data.bag_of_words(seed=2)
    lines, labels = data.text_lines()
    train, held, last = text.shares(len(lines), (0.2, 0.2), 2)
    for X, y, part in (
        (bag.X, bag.y, train),
        (bag.X_val, bag.y_val, held),
        (bag.X_test, bag.y_test, last),
    ):
        assert np.array_equal(y, labels[part])
        for row in (0, 17, len(part) - 1):
            words = re.findall(r"[a-z]+(?:'[a-z]+)*", lines[part[row]].lower())
            expected = {w: words.count(w) for w in words if w in bag.vocabulary}
            entries = X[[row]].tocoo()
            assert {
                bag.vocabulary[j]: c for j, c in zip(entries.col, entries.data, strict=True)
            } == expected
    assert sorted(np.concatenate([train, held, last])) == list(range(len(lines)))


def test_the_vocabulary_is_that_of_the_training_lines_most_frequent_first():
    bag = data.bag_of_words(least=3)
    assert isinstance(bag.X, scipy.sparse.csr_array)
    assert np.array_equal(bag.frequency, (bag.X > 0).sum(0))
    assert (np.diff(bag.frequency) <= 0).all()
    assert bag.frequency.min() == 3
    assert len(set(bag.vocabulary)) == len(bag.vocabulary)
    assert "the" in bag.vocabulary[:3]
    assert np.median(bag.frequency) < 10, "most words are rare"


def test_a_sparse_model_learns_the_poets_apart():
    bag = data.bag_of_words(least=5)
    J = models.sparse_logistic(bag.X, bag.y)
    theta = J.initial()
    for _ in range(100):
        theta = theta - 2.0 * J.grad(theta)
    assert J.accuracy(theta, bag.X_test, bag.y_test) > 0.7


def test_characters_are_windows_of_the_text_and_targets_are_one_place_on():
    chars = data.characters(length=20, validation=0.1)
    assert np.array_equal(chars.X[:, 1:], chars.y[:, :-1])
    assert np.array_equal(chars.X[1:, 0], chars.y[:-1, -1]), "windows follow each other"
    assert chars.X.shape[1] == chars.X_val.shape[1] == 20
    assert 0.09 < chars.X_val.size / (chars.X.size + chars.X_val.size) < 0.11
    assert chars.decode(chars.X[0]) == "from fairest creatur"
    assert len(chars.alphabet) == 31
    assert chars.X.max() == 30
    end = data.read("Shakespeare").lower()[-50:].replace("\n", " ")
    tail = chars.decode(chars.y_val.ravel())[-30:-20].replace("\n", " ")
    assert tail.strip() in end or tail[:5] in end


BAD = [
    (lambda: data.digits(validation=0), r"^validation must be in \(0, 1\), got 0"),
    (lambda: data.digits(validation=np.nan), r"^validation must be in \(0, 1\), got nan"),
    (lambda: data.digits(validation=1e-9), r"^validation must be shares of 1797 examples"),
    (lambda: data.digits(seed=-1), r"^seed must be an integer >= 0, got -1"),
    (lambda: data.breast_cancer(validation=1.5), r"^validation must be in \(0, 1\), got 1\.5"),
    (lambda: data.breast_cancer(seed=0.5), r"^seed must be an integer >= 0, got 0\.5"),
    (lambda: data.bag_of_words(test=1.0), r"^test must be in \(0, 1\), got 1\.0"),
    (lambda: data.bag_of_words(validation=0.5, test=0.5), r"^validation must be shares that leave"),
    (lambda: data.bag_of_words(least=0), r"^least must be an integer >= 1, got 0"),
    (lambda: data.bag_of_words(seed=True), r"^seed must be an integer >= 0, got True"),
    (lambda: data.characters(length=0), r"^length must be an integer >= 1, got 0"),
    (lambda: data.characters(length=10**6), r"^length must be shorter than both parts.*1000000"),
    (lambda: data.characters(validation=1), r"^validation must be in \(0, 1\), got 1"),
    (lambda: data.characters(author="Marlowe"), r"^author must be one of .*'Marlowe'"),
    (lambda: data.read("milton"), r"^author must be one of .*'milton'"),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_a_wrong_argument_is_refused_by_name(call, message):
    with pytest.raises(ValueError, match=message):
        call()
