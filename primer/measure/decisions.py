"""The decision matrix: questions, and a row per situation, with its evidence (see `choosing`)."""

from __future__ import annotations

from ..rules.adagrad import AdaGrad
from ..rules.adam import Adam
from ..rules.adamw import AdamW
from ..rules.clip import Clip
from ..rules.lion import Lion
from ..rules.momentum import Momentum
from ..rules.plateau import ReduceOnPlateau
from ..rules.rmsprop import RMSProp
from ..schedules import Constant, StepDecay, WarmupCosine, WarmupLinear, WarmupStableDecay
from .choosing import Question, Row

STEPS = 10_000

QUESTIONS = (
    Question(
        "for",
        "What do you train?",
        {
            "start": "I am starting out, or something else",
            "vision": "Images: a convolutional net",
            "transformer": "A transformer, language",
            "recurrent": "A recurrent net",
            "sparse": "Sparse text, embeddings",
        },
    ),
    Question(
        "trials",
        "How many runs can you spend on tuning?",
        {"some": "About ten", "one": "One or two", "many": "Dozens"},
    ),
    Question(
        "with",
        "What else is true? (any number)",
        {
            "memory": "Memory is tight",
            "mixed": "Inputs come in different units",
            "large": "Batches are very large",
            "open": "The length of the run is open",
        },
        several=True,
    ),
)


def _cite(text: str, key: str) -> tuple[str, str]:
    return text, f"../book/references.md#{key}"


def _for(*answers: str) -> tuple[dict[str, tuple[str, ...]], ...]:
    return ({"for": answers},)


def _with(answer: str, *where: str) -> tuple[dict[str, tuple[str, ...]], ...]:
    return ({"with": (answer,)} | ({"for": where} if where else {}),)


DIGITS = (
    "Chapter 6, four rules on one budget",
    "06_adam.ipynb#measured-digits-four-rules-one-budget",
)
SHAPES = (
    "Chapter 8, eleven schedules on one budget",
    "08_schedules.ipynb#measured-digits-eleven-schedules-one-budget",
)
DECAY = (
    "Chapter 7, does it generalize better?",
    "07_adamw.ipynb#measured-does-it-generalize-better",
)
READER = (
    "Chapter 5, a recurrent net",
    "05_rmsprop.ipynb#measured-a-recurrent-net-reads-shakespeare",
)
SPARSE = ("Chapter 4, against tuned SGD", "04_adagrad.ipynb#measured-adagrad-against-tuned-sgd")
MOVING = (
    "Chapter 5, following a moving floor",
    "05_rmsprop.ipynb#measured-following-a-moving-floor",
)
MEMORY = ("Chapter 5, what each rule keeps", "05_rmsprop.ipynb#in-practice")
PLATEAU = (
    "Appendix to chapter 8, reduce on plateau",
    "appendix_schedules.ipynb#reduce-on-plateau",
)
TRUNK = (
    "Appendix to chapter 8, one trunk",
    "appendix_schedules.ipynb#one-trunk-many-ends",
)

CONTEST = ("Chapter 9, ten rules on six tasks", "09_choosing.ipynb#measured-ten-rules-six-tasks")
COSTS = ("Chapter 9, what a rule costs", "09_choosing.ipynb#what-a-rule-costs")
TRIALS = (
    "Chapter 9, the tuning budget decides",
    "09_choosing.ipynb#measured-the-tuning-budget-decides",
)

ROWS = (
    Row(
        "start",
        "Starting out",
        _for("start"),
        "AdamW at its default rate, with a short warm-up and then a cosine down to zero. Then"
        " tune the rate, up and down by factors of three.",
        "It works nearly everywhere, and a rate far too large costs less with it than with SGD."
        " Here the default was only a first try: in chapters 6 and 9 the best rates of Adam and"
        " AdamW were many times as large.",
        (
            CONTEST,
            DIGITS,
            SHAPES,
            _cite("Schmidt et al. (2021)", "schmidt2021"),
            _cite("language models, first study: Wen et al. (2026)", "wen2025"),
        ),
        rule=AdamW(lr=1e-3, weight_decay=0.01),
        schedule=WarmupCosine(1e-3, warmup=500, steps=STEPS),
    ),
    Row(
        "vision",
        "Images, a convolutional net",
        _for("vision"),
        "SGD with momentum, an L2 penalty on the weights, and a rate that is divided by ten"
        " twice, at each third of the run.",
        "The recipe of residual networks, which keeps one number per parameter. On digits, with"
        " small batches, a step decay was beaten by a line and a cosine at the same budget: try one"
        " of those too. Momentum was as good there as Adam, no better.",
        (
            DIGITS,
            SHAPES,
            DECAY,
            _cite("He et al. (2016)", "he2016"),
            _cite("Wilson et al. (2017)", "wilson2017"),
            _cite("against it: Choi et al. (2019)", "choi2019"),
        ),
        rule=Momentum(lr=0.1, beta=0.9),
        schedule=StepDecay(0.1, every=STEPS // 3, factor=0.1),
        penalty=1e-4,
    ),
    Row(
        "transformer",
        "A transformer, language",
        _for("transformer"),
        "AdamW, a warm-up over a tenth of the steps, then a line down to zero.",
        "Most words are rare, and one rate for all learns them badly; Adam profits from a scale for"
        " every parameter. The warm-up makes higher peaks usable. On our small nets a line and a"
        " cosine could not be told apart, and decoupled decay brought no better predictions.",
        (
            (
                "Chapter 8, deep and normalized nets",
                "08_schedules.ipynb#deep-and-normalized",
            ),
            SHAPES,
            DECAY,
            _cite("Kunstner et al. (2024)", "kunstner2024"),
            _cite("Zhang et al. (2025)", "zhang2025"),
            _cite("Bergsma et al. (2025)", "bergsma2025"),
            _cite("where no warm-up is needed: Xiong et al. (2020)", "xiong2020"),
        ),
        rule=AdamW(lr=5e-4, weight_decay=0.01),
        schedule=WarmupLinear(5e-4, warmup=1_000, steps=STEPS),
    ),
    Row(
        "recurrent",
        "A recurrent net",
        _for("recurrent"),
        "Adam with gradients clipped at norm 1 (or above the bulk of your norms), and a rate that"
        " is divided by ten when the validation loss has not fallen for more than five epochs.",
        "Gradients through time explode now and then, and change their size. In chapter 9 Adam and"
        " NAdam ended lowest on a recurrent net, with a rate that fell in a line, and some of SGD's"
        " networks collapsed. If you know the length of the run, use such a line.",
        (
            CONTEST,
            READER,
            ("Chapter 6, a spike and its cure", "06_adam.ipynb#measured-a-spike-and-its-cure"),
            (
                "Appendix to chapter 8, reduce on plateau",
                "appendix_schedules.ipynb#reduce-on-plateau",
            ),
            _cite("Pascanu et al. (2013)", "pascanu2013"),
            _cite("Graves (2013)", "graves2013"),
        ),
        rule=Clip(Adam(lr=1e-3), norm=1.0),
        schedule=ReduceOnPlateau(Adam(lr=1e-3), factor=0.1, patience=5),
    ),
    Row(
        "sparse",
        "Sparse text, embeddings",
        _for("sparse"),
        "AdaGrad at a constant rate, which it lowers by itself, word by word.",
        "A rare word needs a larger rate than a frequent one. In chapter 4 AdaGrad beat tuned SGD"
        " on every split, and Adam was as good. A falling rate on top of its own does not suit it:"
        " on a recurrent net it made AdaGrad worse, and on text Adam was then a little ahead.",
        (
            SPARSE,
            (
                "Chapter 4, where the gain comes from",
                "04_adagrad.ipynb#measured-where-the-gain-comes-from",
            ),
            READER,
            CONTEST,
            _cite("Duchi et al. (2011)", "duchi2011"),
        ),
        rule=AdaGrad(lr=0.5),
        schedule=Constant(0.5),
    ),
    Row(
        "one",
        "One or two runs to tune",
        ({"trials": ("one",)},),
        "Take the settings that were published for the most similar model. If you have no such"
        " model, let a range test find the order of magnitude of the rate, and stay below the"
        " steepest place of its curve.",
        "The rate matters most. In the work cited, the best of several rules at their defaults did"
        " about as well as one rule that was tuned. Here a range test gave the top of a search, not"
        " the rate itself.",
        (
            ("Appendix to chapter 8, the range test", "appendix_schedules.ipynb#the-range-test"),
            _cite("Schmidt et al. (2021)", "schmidt2021"),
            _cite("Sivaprasad et al. (2020)", "sivaprasad2020"),
        ),
    ),
    Row(
        "many",
        "Dozens of runs to tune",
        ({"trials": ("many",)},),
        "Tune the rate, then the decay, then the warm-up, with trials drawn at random on"
        " logarithmic scales. Give SGD with momentum and AdamW the same budget, and compare them at"
        " the end of the schedule.",
        "Which rule is ahead depends on the budget. With enough runs a more general rule was never"
        " worse than the one it contains, in the work cited. On digits no setting of Adam but the"
        " rate was worth a search.",
        (
            TRIALS,
            (
                "Chapter 6, which settings are worth tuning?",
                "06_adam.ipynb#which-settings-are-worth-tuning",
            ),
            _cite("Godbole et al. (2023)", "godbole2023"),
            _cite("Choi et al. (2019)", "choi2019"),
            _cite("Bergstra and Bengio (2012)", "bergstra2012"),
        ),
    ),
    Row(
        "mixed",
        "Inputs in different units",
        _with("mixed"),
        "Standardize the inputs first: no rule makes up for it.",
        "A single rate has to be small enough for the largest unit and is then too small for all"
        " the others. A divisor per parameter takes most of that out; in chapter 9 standardized"
        " inputs were better still, with every rule.",
        (
            CONTEST,
            DIGITS,
            (
                "Chapter 2, one rate for all parameters",
                "02_sgd.ipynb#limit-2-one-rate-for-all-parameters",
            ),
        ),
    ),
    Row(
        "adaptive",
        "Images, untuned or in different units",
        (
            {"for": ("vision",), "trials": ("one",)},
            {"for": ("vision",), "with": ("mixed",)},
        ),
        "AdamW in place of SGD, with a short warm-up and then a cosine down to zero.",
        "On digits a rate ten times too large cost SGD and momentum far more than Adam, and in"
        " mixed units none of their rates came near the best loss. At tuned rates and on one scale"
        " momentum and Adam were level.",
        (DIGITS, _cite("Sivaprasad et al. (2020)", "sivaprasad2020")),
        unless=("memory",),
        rule=AdamW(lr=1e-3, weight_decay=0.01),
        schedule=WarmupCosine(1e-3, warmup=500, steps=STEPS),
    ),
    Row(
        "large",
        "Very large batches",
        _with("large"),
        "Raise the rate with the batch (SGD's in proportion), but only up to the critical batch"
        " size, and warm up. Beyond that size spend the examples on more steps. Use momentum.",
        "Below the critical size the noise limits the rate, above it the curvature does. Here"
        " larger batches than that bought almost nothing, and momentum paid with large batches"
        " far more than with small ones.",
        (
            (
                "Chapter 2, steps and examples",
                "02_sgd.ipynb#measured-steps-and-examples-to-a-target",
            ),
            (
                "Chapter 3, small batches and large",
                "03_momentum.ipynb#measured-digits-small-batches-and-large",
            ),
            _cite("Goyal et al. (2017)", "goyal2017"),
            _cite("Shallue et al. (2019)", "shallue2019"),
        ),
    ),
    Row(
        "open",
        "The length of the run is open",
        _with("open", "start", "vision", "transformer"),
        "A warm-up, then a constant rate for as long as you like, and at the end a line to zero"
        " over the last fifth of the steps.",
        "A cosine must know its end. Here a long run at a constant rate, with such a line added,"
        " drew level with cosines that had known the end.",
        (
            TRUNK,
            _cite("Hägele et al. (2024)", "hagele2024"),
            _cite("Hu et al. (2024)", "hu2024"),
        ),
        schedule=WarmupStableDecay(1e-3, warmup=500, decay=2_000, steps=STEPS),
    ),
    Row(
        "open-recurrent",
        "A recurrent net, and the length of the run is open",
        _with("open", "recurrent"),
        "Keep the rule that cuts the rate on a plateau, and let it look once per epoch.",
        "It needs no plan: it cuts the rate when progress ends. If it looks after every batch, it"
        " takes bad luck for a plateau.",
        (
            (
                "Appendix to chapter 8, reduce on plateau",
                "appendix_schedules.ipynb#reduce-on-plateau",
            ),
        ),
    ),
    Row(
        "open-sparse",
        "Sparse text, and the length of the run is open",
        _with("open", "sparse"),
        "Adam in place of AdaGrad, with a warm-up, a constant rate, and a line to zero at the end.",
        "AdaGrad's best rate grew with the length of the run where a target moved, so that the"
        " length had to be known beforehand. On the bag of words of chapter 4 Adam was as good.",
        (
            SPARSE,
            MOVING,
            TRUNK,
        ),
        rule=Adam(lr=0.05),
        schedule=WarmupStableDecay(0.05, warmup=500, decay=2_000, steps=STEPS),
    ),
    Row(
        "memory",
        "Memory is tight, where Adam is the rule",
        _with("memory", "start", "transformer"),
        "Lion in place of AdamW, at a rate five to ten times smaller and a decay larger by about"
        " the same factor.",
        "It keeps one number per parameter, AdamW two. On our small tasks with small batches it"
        " ended above AdamW, and its rate had to be hit more exactly. In the work cited the sign of"
        " a momentum comes close to Adam with large batches. Adafactor keeps less still.",
        (
            COSTS,
            CONTEST,
            _cite("Chen et al. (2023)", "chen2023"),
            _cite("Kunstner et al. (2023)", "kunstner2023"),
            _cite("Adafactor: Shazeer and Stern (2018)", "shazeer2018"),
        ),
        rule=Lion(lr=1e-4, weight_decay=0.1),
    ),
    Row(
        "memory-recurrent",
        "A recurrent net, and memory is tight",
        _with("memory", "recurrent"),
        "RMSProp in place of Adam.",
        "It keeps one number per parameter, Adam two. At a falling rate it ended below SGD and"
        " AdaGrad in chapter 5, and less than a hundredth above Adam in chapter 9.",
        (MEMORY, READER, CONTEST, _cite("Graves (2013)", "graves2013")),
        rule=Clip(RMSProp(lr=1e-3), norm=1.0),
    ),
    Row(
        "memory-vision",
        "Images, and memory is tight",
        _with("memory", "vision"),
        "Keep momentum, even if you can spend only a few runs. If inputs come in different units,"
        " standardize them, which costs no memory.",
        "It keeps one number per parameter, Adam two. On digits, at tuned rates and on one scale,"
        " the two were level.",
        (COSTS, DIGITS),
    ),
    Row(
        "memory-sparse",
        "Sparse text, and memory is tight",
        _with("memory", "sparse"),
        "AdaGrad at a constant rate. Choose the rate for the longest run that you may make.",
        "It keeps one number per parameter, Adam two. Where a target moved, its best rate grew with"
        " the length of the run.",
        (MEMORY, MOVING, SPARSE),
        rule=AdaGrad(lr=0.5),
        schedule=Constant(0.5),
    ),
)
