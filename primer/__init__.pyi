"""Names for type checkers, written by `make format` from what `primer` exports."""

from . import data as data
from . import landscapes as landscapes
from . import measure as measure
from . import models as models
from . import registry as registry
from . import rules as rules
from . import schedules as schedules
from .derived.calls import torch_lines as torch_lines
from .derived.card import card as card
from .derived.card import catalogue as catalogue
from .derived.difference import difference as difference
from .derived.graph import TraceError as TraceError
from .derived.javascript import javascript as javascript
from .derived.latex import latex as latex
from .exact import power as power
from .explorer.asking import chooser as chooser
from .explorer.asking import decision_table as decision_table
from .explorer.grid import Heat as Heat
from .explorer.grid import Plot as Plot
from .explorer.grid import explore_grid as explore_grid
from .explorer.model import Curve as Curve
from .explorer.model import Draggable as Draggable
from .explorer.notes import Note as Note
from .explorer.tasks import Task as Task
from .explorer.traced import explore as explore
from .hyper import PerCoordinate as PerCoordinate
from .hyper import Slider as Slider
from .hyper import sweep as sweep
from .measure.compare import compare as compare
from .measure.range_test import RangeTest as RangeTest
from .measure.range_test import range_test as range_test
from .objective.batches import Batches as Batches
from .objective.batches import DataObjective as DataObjective
from .objective.compound import l2 as l2
from .objective.core import Objective as Objective
from .objective.draws import Draws as Draws
from .objective.varying import Noisy as Noisy
from .objective.varying import Table as Table
from .objective.varying import Varying as Varying
from .optimizer import Optimizer as Optimizer
from .registry import rule as rule
from .registry import schedule as schedule
from .rules.adadelta import Adadelta as Adadelta
from .rules.adafactor import Adafactor as Adafactor
from .rules.adagrad import AdaGrad as AdaGrad
from .rules.adam import Adam as Adam
from .rules.adam import AdamL2 as AdamL2
from .rules.adamax import Adamax as Adamax
from .rules.adamw import AdamW as AdamW
from .rules.ademamix import AdEMAMix as AdEMAMix
from .rules.amsgrad import AMSGrad as AMSGrad
from .rules.clip import Clip as Clip
from .rules.clip import ClipNorm as ClipNorm
from .rules.clip import ClipPercentile as ClipPercentile
from .rules.clip import ClipValue as ClipValue
from .rules.conjugate_gradient import ConjugateGradient as ConjugateGradient
from .rules.conjugate_gradient import FletcherReeves as FletcherReeves
from .rules.conjugate_gradient import PolakRibiere as PolakRibiere
from .rules.lamb import LAMB as LAMB
from .rules.lion import Lion as Lion
from .rules.matrices import MatrixRule as MatrixRule
from .rules.momentum import Momentum as Momentum
from .rules.muon import Muon as Muon
from .rules.nadam import NAdam as NAdam
from .rules.nesterov import Nesterov as Nesterov
from .rules.newton import Newton as Newton
from .rules.plateau import ReduceOnPlateau as ReduceOnPlateau
from .rules.prodigy import Prodigy as Prodigy
from .rules.project import Project as Project
from .rules.radam import RAdam as RAdam
from .rules.rmsprop import CenteredRMSProp as CenteredRMSProp
from .rules.rmsprop import RMSProp as RMSProp
from .rules.schedule_free import ScheduleFree as ScheduleFree
from .rules.sgd import SGD as SGD
from .rules.shampoo import Shampoo as Shampoo
from .rules.soap import SOAP as SOAP
from .rules.sophia import Sophia as Sophia
from .running import Run as Run
from .running import run as run
from .schedules.base import Schedule as Schedule
from .schedules.cosine import Cosine as Cosine
from .schedules.cosine import CosineRestarts as CosineRestarts
from .schedules.decay import Constant as Constant
from .schedules.decay import Exponential as Exponential
from .schedules.decay import Linear as Linear
from .schedules.decay import StepDecay as StepDecay
from .schedules.inverse_sqrt import InverseSqrt as InverseSqrt
from .schedules.one_cycle import OneCycle as OneCycle
from .schedules.warmup import WarmupCosine as WarmupCosine
from .schedules.warmup import WarmupLinear as WarmupLinear
from .schedules.warmup import WarmupStableDecay as WarmupStableDecay

__all__ = [
    "AMSGrad",
    "AdEMAMix",
    "AdaGrad",
    "Adadelta",
    "Adafactor",
    "Adam",
    "AdamL2",
    "AdamW",
    "Adamax",
    "Batches",
    "CenteredRMSProp",
    "Clip",
    "ClipNorm",
    "ClipPercentile",
    "ClipValue",
    "ConjugateGradient",
    "Constant",
    "Cosine",
    "CosineRestarts",
    "Curve",
    "DataObjective",
    "Draggable",
    "Draws",
    "Exponential",
    "FletcherReeves",
    "Heat",
    "InverseSqrt",
    "LAMB",
    "Linear",
    "Lion",
    "MatrixRule",
    "Momentum",
    "Muon",
    "NAdam",
    "Nesterov",
    "Newton",
    "Noisy",
    "Note",
    "Objective",
    "OneCycle",
    "Optimizer",
    "PerCoordinate",
    "Plot",
    "PolakRibiere",
    "Prodigy",
    "Project",
    "RAdam",
    "RMSProp",
    "RangeTest",
    "ReduceOnPlateau",
    "Run",
    "SGD",
    "SOAP",
    "Schedule",
    "ScheduleFree",
    "Shampoo",
    "Slider",
    "Sophia",
    "StepDecay",
    "Table",
    "Task",
    "TraceError",
    "Varying",
    "WarmupCosine",
    "WarmupLinear",
    "WarmupStableDecay",
    "card",
    "catalogue",
    "chooser",
    "compare",
    "data",
    "decision_table",
    "difference",
    "explore",
    "explore_grid",
    "javascript",
    "l2",
    "landscapes",
    "latex",
    "measure",
    "models",
    "power",
    "range_test",
    "registry",
    "rule",
    "rules",
    "run",
    "schedule",
    "schedules",
    "sweep",
    "torch_lines",
]
