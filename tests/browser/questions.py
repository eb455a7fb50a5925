"""What readers type into the search, misspelled too, and where a first result must lead.

A place is a page, or a page and a section of it; several are equally good. The number says among
how many results one of them must be.
"""

# cspell:ignore nestrov momentun shampo

ADAM, ADAMW = "notebooks/06_adam.html", "notebooks/07_adamw.html"
SGD, MOMENTUM = "notebooks/02_sgd.html", "notebooks/03_momentum.html"
FIRST, ADAGRAD, RMSPROP = (
    "notebooks/01_lost_in_the_dark.html",
    "notebooks/04_adagrad.html",
    "notebooks/05_rmsprop.html",
)
SCHEDULES, CHOOSING = "notebooks/08_schedules.html", "notebooks/09_choosing.html"
DEBUGGING, PYTORCH, BEYOND = (
    "notebooks/10_debugging.html",
    "notebooks/11_pytorch.html",
    "notebooks/12_beyond.html",
)
READ, API = "book/how_to_read.html", "book/api/"


def rule(name):
    return f"book/rules/{name}.html"


QUESTIONS = [
    # what the book explains, by the words of the field
    ("weight decay", [ADAMW, rule("AdamW")], 1),
    ("bias correction", [f"{ADAM}#the-corrections"], 1),
    ("decoupled weight decay", [ADAMW, rule("AdamW")], 1),
    ("decoupled", [ADAMW, rule("AdamW")], 2),
    ("L2 penalty", [ADAMW], 2),
    ("learning rate too high", [FIRST, DEBUGGING], 3),
    ("how to choose the learning rate", [FIRST, CHOOSING, SCHEDULES, SGD, ADAM, MOMENTUM], 3),
    ("stability limit", [FIRST], 3),
    ("warmup", [f"{SCHEDULES}#measured-the-warm-up"], 1),
    ("warm-up", [f"{SCHEDULES}#measured-the-warm-up"], 1),
    ("cosine schedule", [SCHEDULES], 2),
    ("one cycle", [SCHEDULES, "book/api/schedules.html#primer.OneCycle", "book/glossary"], 2),
    ("learning rate schedule", [SCHEDULES], 2),
    ("epsilon", [f"{ADAGRAD}#measured-and-the-start-of-the-sum", ADAM, RMSPROP], 1),
    ("beta2", [ADAM, rule("Adam")], 1),
    ("β₂", [ADAM, rule("Adam")], 1),
    ("beta_2", [ADAM, rule("Adam")], 1),
    ("loss spikes", [f"{ADAM}#measured-a-spike-and-its-cure", DEBUGGING], 1),
    ("gradient clipping", [f"{DEBUGGING}#clipping", rule("ClipNorm")], 2),
    ("clip norm", [rule("ClipNorm")], 1),
    ("AdamW vs Adam", [ADAMW, rule("AdamW")], 2),
    ("which optimizer should I use", [CHOOSING], 2),
    ("batch size", [SGD], 1),
    ("critical batch size", [SGD], 1),
    ("mini-batch noise", [SGD], 2),
    ("saddle point", [f"{FIRST}#measured-the-saddle"], 1),
    ("condition number", [MOMENTUM, FIRST], 2),
    ("ravine", [MOMENTUM, ADAGRAD], 3),
    ("sharpness", [f"{SGD}#link-2-is-sharpness", SGD], 2),
    ("sharp minima", [SGD], 1),
    ("edge of stability", [SCHEDULES, FIRST, SGD, "book/glossary.html"], 2),
    ("variance reduction", [f"{SGD}#reduce-the-variance"], 3),
    ("noise floor", [SCHEDULES, SGD], 1),
    ("heavy ball", [MOMENTUM, rule("Momentum")], 2),
    ("preconditioning", [ADAGRAD, ADAM], 2),
    ("sparse gradients", [ADAGRAD, "book/glossary.html", RMSPROP], 2),
    ("nan", [f"{DEBUGGING}#hunting-a-nan"], 1),
    ("low precision", [f"{DEBUGGING}#low-precision", ADAM], 1),
    ("plateau", [f"{DEBUGGING}#plateau", DEBUGGING], 2),
    ("exploding loss", [f"{DEBUGGING}#exploding"], 1),
    ("zero_grad", [f"{PYTORCH}#without-zero-grad", PYTORCH], 1),
    ("checkpoint resume", [f"{PYTORCH}#measured-saving-and-resuming"], 2),
    ("parameter groups", [f"{PYTORCH}#measured-parameter-groups"], 1),
    ("learned optimizer", [f"{BEYOND}#measured-a-learned-optimizer"], 1),
    ("newton's method", [FIRST, rule("Newton"), "book/glossary.html"], 2),
    ("decision matrix", [f"{CHOOSING}#the-decision-matrix"], 2),
    ("tuning budget", [CHOOSING], 1),
    ("line search", [FIRST, "book/glossary", API], 3),
    ("effective learning rate", [MOMENTUM, ADAMW, "book/glossary"], 2),
    # rules, by name, by nickname, and misspelt
    ("Adam", [rule("Adam"), ADAM], 1),
    ("adamw", [rule("AdamW"), ADAMW], 1),
    ("muon", [rule("Muon"), BEYOND], 1),
    ("rmsprop", [rule("RMSProp"), RMSPROP], 1),
    ("rms prop", [rule("RMSProp"), RMSPROP], 2),
    ("adagrad", [rule("AdaGrad"), ADAGRAD], 1),
    ("nesterov", [rule("Nesterov"), MOMENTUM], 1),
    ("nestrov", [rule("Nesterov"), MOMENTUM], 1),
    ("momentun", [rule("Momentum"), MOMENTUM], 1),
    ("shampo", [rule("Shampoo"), BEYOND], 1),
    ("lion", [rule("Lion")], 1),
    ("schedule free", [rule("ScheduleFree"), BEYOND, "book/glossary"], 2),
    ("polak ribiere", [rule("PolakRibiere")], 2),
    ("NAG", [rule("Nesterov"), MOMENTUM], 3),
    ("stochastic gradient descent", [SGD, rule("SGD"), FIRST], 2),
    ("sign descent", [ADAM, BEYOND, rule("Lion"), "book/glossary"], 2),
    # names of the package
    ("explore_grid", [f"{API}explorer.html#primer.explore_grid"], 1),
    ("sweep", [f"{READ}#sweep", f"{API}running.html#primer.sweep"], 1),
    ("explore", [f"{READ}#explore", f"{API}explorer.html#primer.explore"], 1),
    ("WarmupCosine", [f"{API}schedules.html#primer.WarmupCosine"], 1),
    ("rosenbrock", [f"{API}landscapes.html#primer.landscapes.rosenbrock", "book/catalogue"], 2),
    ("how to run the notebooks", [READ, "book/index.html#run-it-yourself"], 1),
    ("write your own rule", [f"{ADAM}#rules-of-your-own", READ, ADAGRAD], 3),
    ("latex", [f"{API}derived.html#primer.latex"], 2),
    # exercises and what is around the text
    ("exercise leave the bias alone", [f"{ADAMW}#exercise-5-leave-the-bias-alone"], 1),
    ("average the iterates", [f"{SGD}#average-the-iterates"], 1),
    ("half-life", [RMSPROP, "book/glossary.html"], 1),
    ("family tree", ["book/family_tree.html"], 1),
    ("cheat sheet", ["book/cheatsheet.html"], 1),
    ("notation", ["book/notation.html"], 1),
    ("cite", [f"{READ}#how-to-cite", "book/index.html"], 1),
    ("Kingma Ba 2015", ["book/references.html", ADAM], 2),
    ("Loshchilov", ["book/references.html", ADAMW, rule("AdamW")], 2),
]

#: Written after everything was tuned on the questions above, and never tuned on.
UNSEEN = [
    ("momentum", [MOMENTUM, rule("Momentum")], 1),
    ("exponential moving average", ["book/glossary.html", RMSPROP, ADAM], 2),
    ("vanishing learning rate", [ADAGRAD], 3),
    ("bfloat16", ["book/glossary.html", DEBUGGING], 1),
    ("loss scaling", [DEBUGGING, "book/glossary.html"], 2),
    ("adam without bias correction", [ADAM], 1),
    ("amsgrad", [rule("AMSGrad"), ADAM], 1),
    ("adafactor memory", [rule("Adafactor"), BEYOND], 2),
    ("newton schulz", [BEYOND, "book/glossary.html"], 2),
    ("conjugate gradient", [rule("ConjugateGradient"), MOMENTUM, "book/glossary.html"], 2),
    ("gradient accumulation", [PYTORCH, SGD], 3),
    ("overfitting", ["book/glossary.html", ADAMW, SGD], 3),
    ("early stopping", [CHOOSING, ADAMW, SCHEDULES], 3),
    ("batchnorm", ["book/glossary.html", PYTORCH, ADAMW], 3),
    ("layer normalization", ["book/glossary.html", ADAMW, SCHEDULES], 2),
    ("lambda", [ADAMW, "book/notation.html"], 3),
    ("polyak averaging", [SGD, "book/glossary.html"], 3),
    ("linear scaling rule", [SGD, "book/glossary.html"], 2),
    ("restarts", [SCHEDULES], 2),
    ("hessian", [FIRST, "book/glossary.html"], 3),
    ("random search", [CHOOSING, "book/speed.html"], 3),
    ("seeds confidence interval", [CHOOSING, "book/glossary.html"], 3),
    ("oscillating loss", [DEBUGGING], 1),
    ("training diverges", [DEBUGGING, FIRST], 3),
    ("compare", [f"{API}measure.html#primer.compare", CHOOSING, READ], 3),
    ("himmelblau", [f"{API}landscapes.html", "book/catalogue.html"], 1),
    ("Slider", [f"{API}running.html#primer.Slider", READ], 1),
    ("adam pytorch defaults", [ADAM, rule("Adam"), PYTORCH], 3),
    ("exercise keep the angle", [f"{ADAMW}#exercise-4-keep-the-angle"], 1),
    ("prodigy", [rule("Prodigy"), BEYOND], 1),
    ("reading time", [READ, "book/teaching.html", "notebooks/"], 3),
    ("accessibility", ["book/accessibility.html"], 1),
]
