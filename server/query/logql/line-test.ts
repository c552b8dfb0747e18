/**
 * Line filters as tests of a text. A test also says what it knows from the fixed texts of a line alone, so that a log
 * store whose lines come from templates decides most of them without rendering. Regular expressions that are plain text,
 * or alternatives of such, are answered without the engine. Source: grafana/loki pkg/logql/log/filter.go.
 */
import { ACCEPTED, REFUSED, UNDECIDED, type LineTest, type Verdict } from "../../telemetry/log-reader.js";
import { compileRegex } from "../promql/matcher.js";
import type { LineFilter, LineFilterOperator, LinePattern } from "./ast.js";
import { compileIpPattern } from "./ip-address.js";
import { quote } from "../promql/literals.js";
import { meaningless } from "./problem.js";
import { compileLinePattern } from "./text-pattern.js";

const NEGATIVE: ReadonlySet<LineFilterOperator> = new Set(["!=", "!~", "!>"]);

/** Throws ParseFailure for a pattern that is none. */
export function compileLineFilter(filter: LineFilter): LineTest {
  const tests = filter.alternatives.map((pattern) => compilePattern(filter, pattern));
  const any = tests.length === 1 ? tests[0] : anyOf(tests);
  return NEGATIVE.has(filter.operator) ? not(any) : any;
}

function compilePattern(filter: LineFilter, { text, isIp }: LinePattern): LineTest {
  const refuse = (reason: string): never => {
    throw meaningless(reason, filter);
  };
  const kind = filter.operator.slice(1);
  if (isIp) {
    if (kind !== "=") return refuse("ip: invalid operation");
    const matches = compileIpPattern(text);
    return matches === undefined ? refuse(`ip: invalid pattern: ${quote(text)}`) : opaque(matches);
  }
  if (kind === "=") return contains([text]);
  if (kind === ">") {
    const pattern = compileLinePattern(text);
    return pattern.ok ? opaque(pattern.value) : refuse(pattern.error);
  }
  return compileExpression(text, refuse);
}

const META = /[\\.+*?()|[\]{}^$]/;

function compileExpression(source: string, refuse: (reason: string) => never): LineTest {
  const bare = source.replace(/^(?:\.\*)+|(?:\.\*)+$/g, "");
  const inner = /^\((?:\?:)?([^()]*)\)$/.exec(bare)?.[1] ?? bare;
  const alternatives = inner.split("|");
  if (!source.startsWith("(?") && alternatives.every((text) => !META.test(text))) return contains(alternatives);
  const compiled = compileRegex(source.startsWith("(?") ? source : `(?-s)${source}`, source);
  if (!compiled.ok) return refuse(compiled.error);
  const expression = compiled.value;
  return opaque((line) => expression.matcher(line).find());
}

/** Whether one of the texts is in the line. */
function contains(texts: readonly string[]): LineTest {
  const [only] = texts;
  return {
    test: texts.length === 1 ? (line) => line.includes(only) : (line) => texts.some((text) => line.includes(text)),
    judge: (parts) => {
      if (texts.some((text) => parts.some((part) => part.includes(text)))) return ACCEPTED;
      return parts.length === 1 ? REFUSED : UNDECIDED;
    },
  };
}

/** A test that knows nothing of parts of a line. */
function opaque(test: (line: string) => boolean): LineTest {
  return { test, judge: (parts) => (parts.length > 1 ? UNDECIDED : test(parts[0]) ? ACCEPTED : REFUSED) };
}

function anyOf(tests: readonly LineTest[]): LineTest {
  return {
    test: (line) => tests.some((each) => each.test(line)),
    judge: (parts) => {
      const verdicts = tests.map((each) => each.judge(parts));
      if (verdicts.includes(ACCEPTED)) return ACCEPTED;
      return verdicts.includes(UNDECIDED) ? UNDECIDED : REFUSED;
    },
  };
}

const OPPOSITE: Readonly<Record<Verdict, Verdict>> = {
  [REFUSED]: ACCEPTED,
  [ACCEPTED]: REFUSED,
  [UNDECIDED]: UNDECIDED,
};

function not(inner: LineTest): LineTest {
  return { test: (line) => !inner.test(line), judge: (parts) => OPPOSITE[inner.judge(parts)] };
}
