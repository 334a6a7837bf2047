"""Random templates with what CPython's Jinja prints for them, as JSON lines: {"template", "text"} or {"template", "error"}.

python generate.py SEED COUNT   (needs jinja2)
"""
import json
import random
import re
import signal
import sys
import warnings

import jinja2
import jinja2.sandbox

CONTEXT = {
    "a": 7, "b": -3, "f": 2.5, "g": -0.125, "s": "Hello World", "t": "  a,b;c  ", "u": "ß Ünï €", "e": "", "n": None,
    "l": [3, 1, 2], "m": ["b", "A", "c"], "d": {"x": 1, "y": "two", "z": [1, 2]}, "nested": [{"k": 1, "v": "p"}, {"k": 2, "v": "q"}, {"k": 1, "v": "r"}],
    "yes": True, "no": False, "big": 10 ** 20, "tu": (1, "x"),
}


class Maker:
    def __init__(self, seed):
        self.r = random.Random(seed)

    def one(self, *options):
        return self.r.choice(options)

    def number(self):
        r = self.r
        return self.one("a", "b", "f", "g", "big", str(r.randint(-20, 20)), str(r.randint(0, 9)), repr(round(r.uniform(-50, 50), r.randint(0, 4))), "1e3", "0.1", "1_000", "2**70", "-7", "0")

    def text(self):
        return self.one("s", "t", "u", "e", "'x'", "'a-b_c d'", '"it\'s"', "'%s|%d'", "'{}:{}'", "'1,234.5'", "' 12 '", "'abcABC'", "'line1\\nline2'", "'<b>&\"'", "'é'", "'a\\tb'", "'007'", "'1e5'", "'ab' * 2", "'-4.70'")

    def sequence(self):
        return self.one("l", "m", "[]", "[1, 2.0, true]", "range(5)", "range(10, 0, -3) | list", "[[1, 2], [3]]", "tu", "'abc'", "[none, 1]", "d", "d.items()", "d.keys() | list", "nested", "[1, 1, 2, 3, 3]", "['x', 'Y', 'x']", "(1,)", "()", "[0.5, 1, -2]", "range(3)")

    def value(self, depth=0):
        r = self.r
        kinds = [self.number, self.text, self.sequence, lambda: self.one("n", "yes", "no", "d", "d.x", "d['y']", "d.nope", "nope", "nested[0].v", "l[0]", "l[-1]", "s[0]", "u[1:3]")]
        if depth < 3:
            kinds += [lambda: self.expression(depth + 1)] * 5
        return r.choice(kinds)()

    def index(self):
        r = self.r
        part = lambda: self.one("", "", str(r.randint(-6, 6)))
        return self.one(f"[{r.randint(-3, 3)}]", f"[{part()}:{part()}]", f"[{part()}:{part()}:{self.one('', '1', '2', '-1', '-2', '3')}]")

    def method(self, depth):
        v = lambda: self.value(depth)
        t = self.text
        n = lambda: str(self.r.randint(-2, 12))
        return self.one(
            f".upper()", ".lower()", ".title()", ".capitalize()", ".swapcase()", ".strip()", f".strip({t()})", ".lstrip()", ".rstrip('d ')", ".split()", f".split({t()})", ".split(',', 1)", ".rsplit(' ', 1)",
            ".splitlines()", f".replace({t()}, {t()})", ".replace('l', 'L', 1)", f".startswith({t()})", ".endswith(('d', 'x'))", f".find({t()})", ".rfind('o')", ".count('l')", ".index('o')", f".center({n()}, '*')",
            f".ljust({n()})", f".rjust({n()}, '.')", f".zfill({n()})", f".join(m)", ".isdigit()", ".isalpha()", ".isupper()", ".isnumeric()", ".isspace()", ".isidentifier()", ".partition(' ')", ".rpartition('o')", f".format({v()}, {v()})", ".format(1, y=2)",
            ".expandtabs(4)", ".casefold()", ".removeprefix('He')", ".removesuffix('ld')", ".islower()", ".istitle()", 
            ".items() | list", ".get('x')", ".get('q', 5)", ".keys() | list", ".values() | list", ".index(1)", ".count(1)", ".copy()", ".is_integer()", ".bit_length()", ".conjugate()", ".real",
        )

    def filter(self, depth):
        v = lambda: self.value(depth)
        n = lambda: str(self.r.randint(0, 9))
        return self.one(
            "abs", "capitalize", "default('D')", "default('D', true)", "d('q')", "dictsort", "dictsort(true)", "dictsort(by='value')", "dictsort(reverse=true)", "escape", "e", "filesizeformat", "filesizeformat(true)", "first", "last", "float", f"float({n()})", "float(default=1.5)",
            "forceescape", "format(1, 2)", "groupby('k')", "indent", "indent(2, true)", "indent('> ')", "indent(3, blank=true)", "int", "int(base=16)", "int(-1)", "int(default=9)", "items | list", "join", "join('|')", "join(', ', attribute='v')", "length", "count", "list", "lower",
            "map('upper') | list", "map(attribute='k') | list", "map(attribute='zz', default='-') | list", "map('int') | list", "map('default', 'x') | list", "max", "min", "max(attribute='k')", "pprint", "reject('odd') | list", "reject('string') | list", "rejectattr('k', 'equalto', 1) | list",
            "replace('l', '7')", "replace('o', '0', 1)", "reverse", "reverse | list", "round", f"round({n()})", "round(1, 'floor')", "round(2, 'ceil')", "round(-1)", "select('number') | list", "select('defined') | list", "select | list", "selectattr('v') | list", "selectattr('k', '>', 1) | list", "selectattr('k', 'in', [2]) | list",
            "slice(2) | list", "slice(3, 'f') | list", "batch(2) | list", "batch(3, 'f') | list", "sort", "sort(true)", "sort(reverse=true)", "sort(case_sensitive=true)", "sort(attribute='v')", "sort(attribute='k,v')", "string", "striptags", "sum", "sum(start=10)", "sum(attribute='k')",
            "title", "tojson", "tojson(indent=2)", "trim", "trim('x')", "truncate", "truncate(5)", "truncate(5, true)", "truncate(7, false, '!', 0)", "unique | list", "unique(true) | list", "unique(attribute='k') | list", "upper", "urlencode", "wordcount", "wordwrap(5)", "wordwrap(4, false)", "xmlattr", "urlize", "center(12)",
        )

    def test(self, depth):
        n = lambda: str(self.r.randint(-3, 9))
        return self.one("defined", "undefined", "none", "string", "number", "integer", "float", "mapping", "sequence", "iterable", "boolean", "true", "false", "odd", "even", f"divisibleby({n()})", "divisibleby 3", f"equalto({self.value(depth)})", f"eq {n()}", f"ge({n()})", f"lt({n()})", f"in({self.sequence()})", "in [1, 2, 'x']", "sameas(none)", "sameas true", "callable", "lower", "upper", "escaped", "!= 3")

    def spec(self):
        r = self.r
        fill = self.one("", "", "*", "0", " ")
        align = self.one("", "<", ">", "^", "=")
        if not align:
            fill = ""
        return fill + align + self.one("", "+", "-", " ") + self.one("", "", "#") + self.one("", "0") + self.one("", str(r.randint(1, 14))) + self.one("", "", ",", "_") + self.one("", f".{r.randint(0, 8)}") + self.one("", "d", "f", "e", "g", "s", "x", "b", "o", "%", "n", "c", "E", "G", "X")

    def percent(self):
        r = self.r
        return "%" + self.one("", "", "-", "+", " ", "0", "#", "-0") + self.one("", str(r.randint(1, 12))) + self.one("", f".{r.randint(0, 6)}") + self.one("s", "d", "f", "e", "g", "r", "x", "o", "i", "c", "E", "G", "X", "%", "a")

    def expression(self, depth=0):
        v = lambda: self.value(depth)
        r = self.r
        return r.choice([
            lambda: f"({v()} {self.one('+', '-', '*', '/', '//', '%', '~', '~')} {v()})",
            lambda: f"({self.number()} {self.one('+', '-', '*', '/', '//', '%')} {self.number()})",
            lambda: f"({v()} {self.one('==', '!=', '<', '>', '<=', '>=', 'in', 'not in')} {v()})",
            lambda: f"({v()} {self.one('and', 'or')} {v()})",
            lambda: f"({self.number()} < {self.number()} <= {self.number()})",
            lambda: f"(not {v()})",
            lambda: f"(-{self.number()})",
            lambda: f"({self.one('2', 'a', 'f', '-3', '10')} ** {self.one('3', '0', '-2', '2', '65')})",
            lambda: f"({v()} if {v()} else {v()})",
            lambda: f"({v()} if {v()})",
            lambda: f"{self.one('s', 'l', 'd', 'u', 'm', 'tu', self.text())}{self.index()}",
            lambda: f"{self.text_or_group(depth)}{self.method(depth)}",
            lambda: f"{self.text_or_group(depth)}{self.method(depth)}",
            lambda: f"({v()} | {self.filter(depth)})",
            lambda: f"({v()} | {self.filter(depth)})",
            lambda: f"({v()} | {self.filter(depth)} | {self.filter(depth)})",
            lambda: f"({v()} is {self.one('', 'not ')}{self.test(depth)})",
            lambda: f"[{v()}, {v()}]",
            lambda: "{'k': %s, %s: 2}" % (v(), self.one("1", "'b'", "1.5", "true", "none", "(1, 2)")),
            lambda: f"('{{0:{self.spec()}}}'.format({self.one(self.number(), self.number(), self.text())}))",
            lambda: f"('{{!r:>8}} {{1}}'.format({v()}, {v()}))",
            lambda: f"('{self.percent()}' % {self.one(self.number(), self.number(), self.text())})",
            lambda: f"('{self.percent()} {self.percent()}' % ({self.number()}, {v()}))",
            lambda: f"('{self.percent()}' | format({self.number()}))",
            lambda: f"dict(a={v()}, b={v()})",
            lambda: f"(range({r.randint(-3, 6)}, {r.randint(-3, 9)}) | list)",
        ])()

    def text_or_group(self, depth):
        return self.one(self.text, self.sequence, lambda: f"({self.value(depth)})", lambda: self.one("s", "l", "d", "(12.0)", "(5)"))()

    def tag(self, inside, end=False):
        return "{%" + self.one("", "", "-", "+") + " " + inside + " " + self.one("", "", "-") + "%}"

    def out(self):
        return "{{" + self.one("", "", "-") + " " + self.expression() + " " + self.one("", "", "-") + "}}"

    def filler(self):
        return self.one("", " ", "\n", " x ", "\n  y\n", "-", "{# c #}", "{#- c -#}", "\n{# c -#}\n ", "a\n\n")

    def block(self, depth=0):
        body = lambda: self.body(depth + 1)
        v = lambda: self.value(1)
        simple = [lambda: self.out()] * 4 + [lambda: self.tag(f"set q = {v()}") + "{{ q }}", lambda: self.tag("do l.append(1)") + self.tag("do l.pop()")]
        if depth > 2:
            return self.r.choice(simple)()
        return self.r.choice(simple + [
            lambda: self.tag(f"if {v()}") + body() + self.one("", self.tag(f"elif {v()}") + body()) + self.one("", self.tag("else") + body()) + self.tag("endif"),
            lambda: self.tag(f"for i in {self.sequence()}" + self.one("", f" if {v()}", " if i", " if loop is undefined")) + "{{ i }}" + body() + self.one("", "{{ loop.index }}{{ loop.first }}{{ loop.last }}{{ loop.length }}", "{{ loop.revindex0 }}{{ loop.cycle('a', 'b') }}", "{{ loop.previtem }}/{{ loop.nextitem }}", "{{ loop.changed(i) }}", self.tag("if loop.index > 1") + self.tag(self.one("break", "continue")) + self.tag("endif") + "z") + self.one("", self.tag("else") + body()) + self.tag("endfor"),
            lambda: self.tag(f"for i, j in {self.one('d.items()', 'nested', '[[1, 2], [3, 4]]', 'd | dictsort')}") + "{{ i }}={{ j }}" + body() + self.tag("endfor"),
            lambda: self.tag("set ns = namespace(c=0)") + self.tag(f"for i in {self.sequence()}") + self.tag("set ns.c = ns.c + 1") + self.tag("endfor") + "{{ ns.c }}",
            lambda: self.tag("set q") + body() + self.tag("endset") + "[{{ q }}]",
            lambda: self.tag(f"set q | {self.one('upper', 'trim', 'replace(1, 2)', 'length')}") + body() + self.tag("endset") + "[{{ q }}]",
            lambda: self.tag(f"macro mm(p, r={v()})") + "{{ p }}-{{ r }}-{{ varargs }}-{{ kwargs }}" + self.one("", "{{ caller() if caller }}") + body() + self.tag("endmacro") + self.one("{{ mm(1) }}", "{{ mm(1, 2) }}", "{{ mm(1, 2, 3, z=4) }}", "{{ mm(r=5, p=6) }}", self.tag("call mm('c')") + body() + self.tag("endcall"), "{{ mm.name }}{{ mm.arguments }}", "{{ mm() }}"),
            lambda: self.tag(f"filter {self.one('upper', 'trim', 'indent(2)', 'title', 'lower')}") + body() + self.tag("endfilter"),
            lambda: self.tag(f"with w = {v()}") + "{{ w }}" + body() + self.tag("endwith"),
            lambda: self.tag("raw") + "{{ raw }} {% x %}" + self.tag("endraw"),
            lambda: self.tag("for i in nested recursive") + "{{ i.k }}{{ loop.depth }}" + self.tag("endfor"),
            lambda: self.tag("macro mc()") + "<{{ caller(" + v() + ") }}>" + self.tag("endmacro") + self.tag("call(x) mc()") + "{{ x }}!" + self.tag("endcall"),
        ])()

    def body(self, depth=0):
        return "".join(self.filler() + self.block(depth) for _ in range(self.r.randint(1, 2))) + self.filler()

    def template(self):
        return self.out() if self.r.random() < 0.6 else self.body()


def main(seed, count):
    warnings.simplefilter("ignore")
    environment = jinja2.sandbox.SandboxedEnvironment(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])
    maker = Maker(seed)

    def late(*_):
        raise TimeoutError

    signal.signal(signal.SIGALRM, late)
    for _ in range(count):
        template = maker.template()
        context = json.loads(json.dumps({k: v for k, v in CONTEXT.items() if k != "tu"}))
        context["tu"] = (1, "x")
        line = {"template": template}
        try:
            signal.setitimer(signal.ITIMER_REAL, 1)
            line["text"] = re.sub(r" at 0x[0-9a-f]+", "", environment.from_string(template).render(**context))
        except TimeoutError:
            continue
        except Exception as error:  # every kind of failure counts
            line["error"] = f"{type(error).__name__}: {error}"[:200]
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        if len(line.get("text", "")) < 20_000:
            print(json.dumps(line))


main(int(sys.argv[1]), int(sys.argv[2]))
