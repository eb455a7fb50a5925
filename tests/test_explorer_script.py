"""The one script of a page says what its modules say, and nothing in it makes code of a text."""

import collections
import json
import re
import subprocess
from pathlib import Path

import pytest
from helpers import node

import primer
from primer import SGD, Adam, Slider, explore, landscapes
from primer.explorer.bundle import IMPORT, script
from primer.explorer.page import kept, key, register
from primer.explorer.sheet import SIZES, sheet

STATIC = Path(primer.__file__).parent / "static"
MODULES = sorted(STATIC.glob("*.js"))
#: Declared at the top level of a module: these stand side by side in the one script.
TOP = re.compile(r"^(?:export )?(?:async )?(?:const|let|class|function) (\w+)", re.M)
PATTERN = re.compile(r"^(?:export )?(?:var|(?:const|let) [^\w]).*", re.M)
ASK = """
const { lib, march, minus, rounded, nearest, place } = runtime;
const { program, h, start } = %s;
const run = march(program(lib), h, start, 20, { s: 4, w: 0 });
console.log(JSON.stringify([Object.keys(runtime).sort(), run, [0.1, -1e-7, NaN].map(rounded),
  minus(-3), nearest([1, 2, 4], 2.9), place([1, 100, 1], 0, 10)(10), lib.P(0.9, 77)]));
"""


def in_node(*arguments):
    done = subprocess.run([node(), *arguments], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def adam():
    return explore(Adam(lr=Slider(0.01, 1, 0.1)), on=landscapes.quadratic([1.0, 4.0]), steps=20)


def test_the_script_and_its_modules_export_and_compute_the_same():
    (source,) = adam().programs
    ask = ASK % f"{{program: {source}, h: [0.1], start: [1, -2]}}"
    modules = f"import * as runtime from {json.dumps((STATIC / 'explorer.js').as_uri())};{ask}"
    ours = in_node("--input-type=module", "-e", modules)
    assert in_node("-e", f"{script()}const runtime = PrimerExplorer;{ask}") == ours
    assert {"lib", "march", "all", "start", "render"} <= set(ours[0])


def test_every_module_is_in_the_script_once_after_those_that_it_imports():
    text, starts = script(), {}
    for path in MODULES:
        first = path.read_text("utf-8").splitlines()[0]
        assert first.startswith("// ")
        assert text.count(first) == 1, path.name
        starts[path.name] = text.index(first)
    for path in MODULES:
        for other in IMPORT.findall(path.read_text("utf-8")):
            assert starts[other] < starts[path.name]


def test_names_at_the_top_of_the_modules_are_unique_and_imported_under_themselves():
    declared = collections.Counter()
    for path in MODULES:
        text = path.read_text("utf-8")
        assert not PATTERN.findall(text), "a name this test cannot see"
        declared.update(TOP.findall(text))
        for line in re.findall(r"^import .*?;$", text, re.M | re.S):
            assert IMPORT.fullmatch(line + "\n"), line
            assert " as " not in line
    assert not [name for name, count in declared.items() if count > 1]
    assert not re.findall(r"^(?:import|export)\b.*", script(), re.M)


def test_nothing_makes_code_of_a_text():
    live = adam()
    for text in (script(), live.html(), kept(live), live.widget.children[0]._esm):
        assert not re.search(r"\bnew Function\b|\beval\(|\bimport\(", str(text))


def test_no_text_goes_over_lines_so_that_the_site_may_leave_indentation_out():
    for path in (*MODULES, *(STATIC / "edit").glob("*.js")):
        lines = path.read_text("utf-8").splitlines()
        assert not [line for line in lines if line.count("`") % 2], path.name


def test_sizes_of_a_panel_come_with_its_data():
    paper = sheet(2)
    for panel in adam().data["scenes"][0]["panels"]:
        assert (panel["size"], panel["box"]) == ((paper.width, paper.height), paper.box)
    boxes = (sheet(panels, bar).box for panels in (1, 2, 3) for bar in (False, True))
    for size in {n for numbers in (*SIZES, *boxes) for n in numbers}:
        assert not re.search(rf"\b{size:g}\b", script())


def test_programs_are_registered_once_under_the_name_that_the_data_has():
    rule = SGD(lr=Slider(0.1, 1, 0.5))
    live = explore(rule, rule, on=landscapes.quadratic([1.0]), steps=3)
    used = {p["program"] for scene in live.data["scenes"] for p in scene["programs"]}
    code = register(live.programs)
    assert used == {key(source) for source in live.programs}
    assert len(used) == 1 < len(live.programs)
    assert code.count("step(x, s, h, t, w) {") == 1
    assert live.html().count("step(x, s, h, t, w) {") == 1
    found = in_node("-e", f"{code}console.log(JSON.stringify(Object.keys(PrimerPrograms)))")
    assert set(found) == used


@pytest.mark.parametrize("make", [adam, lambda: explore(SGD(), on=landscapes.beale(), steps=2)])
def test_a_program_cannot_end_its_script(make):
    assert not re.search(r"<[/!a-z]", register(make().programs), re.I)


def test_names_of_a_link_are_found_however_many_there_are():
    """A comma may belong to a name; what joins all parts with all others would not end."""
    rules = ["SGD", "Adam, fast", "a%2Cb"]
    asked = [
        "SGD,Adam, fast,a%2Cb",
        "Adam%2C fast,a%252Cb,SGD",
        "",
        "__proto__",
        "SGD,",
        "," * 5000,
        "SGD," * 5000,
        "SGD," * 5000 + "SGD",
    ]
    code = (
        f"import {{ chosen }} from {json.dumps((STATIC / 'links.js').as_uri())};"
        f"const found = {json.dumps(asked)}.map((text) => chosen(text, {json.dumps(rules)}));"
        "console.log(JSON.stringify([found, process.cpuUsage().user / 1e6]))"
    )
    (both, written, *few, many), seconds = in_node("--input-type=module", "-e", code)
    assert both == rules
    assert written == ["Adam, fast", "a%2Cb", "SGD"]
    assert few == [[], None, None, None, None]
    assert many == ["SGD"] * 5001
    assert seconds < 5
