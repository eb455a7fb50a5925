"""A figure on a phone: drawn again, in one column, with everything that it says."""

import re
import xml.etree.ElementTree as ET

import pytest

from primer.plotting import legend, show, subplots

WIDE = "A comparison of what three rules do with a long name on a phone"


@pytest.fixture
def book(monkeypatch):
    monkeypatch.setenv("PRIMER_BOOK", "1")


def pair(**keywords):
    figure, axes = subplots(1, 2, **keywords)
    for ax, name in zip(axes, ("Adam", "SGD"), strict=True):
        ax.plot([0, 1], [1, 0], label=name)
        ax.set(title=WIDE, xlabel="step t")
    axes[0].set_ylabel("loss J")
    legend(axes[0])
    return figure


def words(svg):
    return [" ".join(t.itertext()) for t in ET.fromstring(svg).iter() if t.tag.endswith("}text")]


def test_in_jupyterlab_only_the_wide_one_is_stored():
    assert show(pair(), alt="Two lines.")._repr_html_().count("<svg") == 1


def test_the_page_gets_both_and_one_alternative_text(book):
    text = show(pair(), alt="Two lines.", caption="Lines.")._repr_html_()
    assert text.count("<svg") == 2
    assert text.count("<title") == 1
    assert len(set(re.findall(r'aria-labelledby="([^"]+)"', text))) == 1
    names = re.findall(r' id="([^"]+)"', text)
    assert len(names) == len(set(names))


def test_a_figure_without_words_is_drawn_once(book):
    figure, ax = subplots()
    ax.plot([0, 1], [0, 1])
    ax.set_axis_off()
    assert show(figure, alt="A line.").narrow == ""


def test_it_is_as_wide_as_a_phone(book):
    assert 'viewBox="0 0 360 ' in show(pair(), alt="Two lines.").narrow


def test_shared_labels_are_shown_again(book):
    drawn = show(pair(sharey=True), alt="Two lines.")
    assert (words(drawn.svg).count("loss J"), words(drawn.narrow).count("loss J")) == (1, 2)
    assert (words(drawn.svg).count("1.0"), words(drawn.narrow).count("1.0")) == (3, 4)


def test_long_titles_are_wrapped_and_nothing_is_lost(book):
    drawn = " ".join(words(show(pair(), alt="Two lines.").narrow))
    for word in [*WIDE.split(), "Adam", "step t"]:
        assert word in drawn


def test_a_page_wide_figure_says_so():
    assert 'class="px-figure px-wide"' in show(pair(), alt="Two lines.")._repr_html_()
    figure, ax = subplots()
    assert 'class="px-figure"' in show(figure, alt="Empty.")._repr_html_()


def test_a_legend_of_many_names_beside_the_axes_gets_several_columns_below_them(book):
    figure, ax = subplots()
    for k in range(11):
        ax.plot([0, 1], [k, k], label=f"a rule that is called {k}"[-6:])
    legend(ax, loc="center left", bbox_to_anchor=(1, 0.5))
    assert "NaN" not in show(figure, alt="Eleven lines.").narrow
    places = [text.get_window_extent().x0 for text in ax.get_legend().get_texts()]
    assert len({round(place) for place in places}) == 4
    assert ax.get_legend().get_window_extent().y1 < ax.get_window_extent().y0
