import { describe, expect, it } from "vitest";
import { evaluateInstant } from "../../server/query/logql/evaluate.js";
import { fixesOf } from "../../server/query/logql/fixes.js";
import { DEFAULT_LOGQL_LIMITS } from "../../server/query/logql/limits.js";
import { parseLogql } from "../../server/query/logql/parse.js";
import { prettyLogql, printLogql } from "../../server/query/logql/print.js";
import { createStore } from "./logql-adapter.js";
import { LOGQL_QUERIES } from "./logql-queries.js";
import { MemoryLogs } from "./memory-logs.js";

const sentenceOf = (query: string): string => {
  const parsed = parseLogql(query);
  return parsed.ok ? "" : parsed.error.sentence;
};

describe("fixes of a query that does not parse", () => {
  it.each([
    ['{service_name="cart" | json', "Close the selector with }", '{service_name="cart"} | json'],
    ['{service_name="a|b" |= "x"', "Close the selector with }", '{service_name="a|b"} |= "x"'],
    ['{service_name="cart"', "Add } at the end", '{service_name="cart"}'],
    ['|= "x"', "Begin with all streams", '{service_name=~".+"} |= "x"'],
  ])("%s", (query, title, mended) => {
    const parsed = parseLogql(query);
    const [fix] = parsed.ok ? [] : fixesOf(query, { from: 0, to: 0 });
    expect(fix?.title).toBe(title);
    expect(query.slice(0, fix?.from) + (fix?.text ?? "") + query.slice(fix?.to)).toBe(mended);
  });
});

describe("queries that are wrong", () => {
  it.each([
    [".", "parse error at line 1, col 1: syntax error: unexpected ."],
    ["{a=.b}", "parse error at line 1, col 4: syntax error: unexpected ., expecting STRING"],
    ['{.a="x"}', "parse error at line 1, col 2: syntax error: unexpected ., expecting IDENTIFIER or }"],
    ['{a.b="x"}', "parse error at line 1, col 3: syntax error: unexpected ., expecting = or =~ or !~ or !="],
    ['{a="x" .}', "parse error at line 1, col 8: syntax error: unexpected ., expecting } or ,"],
    ['{a="x"} != .', "parse error at line 1, col 12: syntax error: unexpected ., expecting STRING or ip"],
    ['{a="x"} | (.b="c")', "parse error at line 1, col 12: syntax error: unexpected ., expecting IDENTIFIER or ("],
    ['{a="x"} | b > .c', "parse error at line 1, col 15: syntax error: unexpected ."],
    ['{a="x"} | b="y" and c.d="e"', "parse error at line 1, col 22: syntax error: unexpected ."],
    ['{a="x"} | b="y", .c="d"', "parse error at line 1, col 18: syntax error: unexpected ., expecting IDENTIFIER or ("],
    ['{a="x"} | drop a="y", .b', "parse error at line 1, col 23: syntax error: unexpected ., expecting IDENTIFIER"],
    ['{a="x"} | json a=.b', "parse error at line 1, col 18: syntax error: unexpected ., expecting STRING"],
    ['{a="x"} | label_format k8s.x=app', "parse error at line 1, col 27: syntax error: unexpected ., expecting ="],
    [
      '{a="x"} | label_format a=.b',
      "parse error at line 1, col 26: syntax error: unexpected ., expecting IDENTIFIER or STRING",
    ],
    ['{app=~".+"} | http.2xx="1"', "parse error at line 1, col 19: syntax error: unexpected NUMBER"],
    ['{a="x"}\n|   a.b="x"', "parse error at line 2, col 6: syntax error: unexpected ."],
    [
      'count_over_time({a="x"}[5m] offset .)',
      "parse error at line 1, col 36: syntax error: unexpected ., expecting DURATION",
    ],
    [
      'max by (a.b) (count_over_time({a="x"}[5m]))',
      "parse error at line 1, col 10: syntax error: unexpected ., expecting , or )",
    ],
    ["rate(.)", "parse error at line 1, col 6: syntax error: unexpected ., expecting NUMBER or { or ("],
    ['rate({a="x"}[5m] .)', "parse error at line 1, col 18: syntax error: unexpected ., expecting )"],
    ['unk({ foo = "bar" }[5m])', "parse error at line 1, col 1: syntax error: unexpected IDENTIFIER"],
    ['rate({ foo = "bar" }[5minutes])', 'parse error at line 0, col 21: not a valid duration string: "5minutes"'],
    ['rate({ foo = "bar" }[5)', "parse error at line 0, col 21: missing closing ']' in duration"],
    ['min({ foo = "bar" }[5m])', "parse error at line 0, col 20: syntax error: unexpected RANGE"],
    ['{foo="bar"} |~', "parse error at line 1, col 15: syntax error: unexpected $end, expecting STRING or ip"],
    [
      'absent_over_time({ foo = "bar" }[5h]) by (foo)',
      "parse error : grouping not allowed for absent_over_time aggregation",
    ],
    ['sum_over_time({a="b"}[1m])', "parse error : invalid aggregation sum_over_time without unwrap"],
    ['bytes_rate({a="b"} | unwrap x [1m])', "parse error : invalid aggregation bytes_rate with unwrap"],
    ['topk(rate({a="b"}[1m]))', "parse error : parameter required for operation topk"],
    ['topk(0, rate({a="b"}[1m]))', "parse error : invalid parameter (must be greater than 0) topk(0"],
    ['sum(3, rate({a="b"}[1m]))', "parse error : unsupported parameter for operation sum(3,"],
    [
      'rate({a="b"}[1m]) or 3',
      "parse error : unexpected literal for right leg of logical/set binary operation (or): 3.000000",
    ],
    ['{a="b"} + {c="d"}', "parse error : unexpected type for left leg of binary operation (+): *syntax.MatchersExpr"],
    ['{a="b"} |~ "("', "parse error : error parsing regexp: missing closing ): `(`"],
    ['{a="b"} |~ "b\\\\q"', "parse error : error parsing regexp: invalid escape sequence: `\\q`"],
    ['{a="b"} | regexp "no capture"', "parse error : at least one named capture must be supplied"],
    ['{a="b"} | pattern "<a><b>"', "parse error : found consecutive capture '<a><b>': invalid expression"],
    ['{a="b"} |= ip("no address")', 'parse error : ip: invalid pattern: "no address"'],
    [
      '{a="b"} | json x="pod..uuid"',
      "parse error : cannot parse expression [pod..uuid]: syntax error: unexpected DOT, expecting FIELD",
    ],
    [
      '{a="b"} | label_format x=y,x=z',
      "parse error : multiple label name 'x' not allowed in a single format operation",
    ],
    [
      '{a="b"} | line_format "{{nope}}"',
      'parse error : stage \'| line_format "{{nope}}"\' : invalid line template: template: line:1: function "nope" not defined',
    ],
  ])("%s", (query, sentence) => {
    expect(sentenceOf(query)).toBe(sentence);
  });

  it("select nothing in particular", () => {
    for (const query of ["{}", '{a=~".*"}', '{a!="b"}', 'rate({a=""}[1m])']) {
      expect(sentenceOf(query)).toMatch(/^parse error : queries require at least one regexp or equality matcher/);
    }
  });
});

describe("printing", () => {
  it.each(LOGQL_QUERIES)("%s, parsed again, is the same", (query) => {
    const parsed = parseLogql(query);
    if (!parsed.ok) throw new Error(parsed.error.sentence);
    const printed = printLogql(parsed.value);
    for (const text of [printed, prettyLogql(parsed.value)]) {
      const again = parseLogql(text);
      if (!again.ok) throw new Error(`${text}: ${again.error.sentence}`);
      expect(printLogql(again.value)).toBe(printed);
    }
  });
});

interface Streams {
  readonly result: readonly {
    readonly stream: Record<string, string>;
    readonly values: readonly (readonly [string, string])[];
  }[];
}

/** One line under `{app="a"}`: what becomes of it. */
function through(stages: string, line: string, metadata: Record<string, string> = {}) {
  const store = createStore();
  store.push([{ stream: { app: "a" }, values: [["1609459200123456000", line, metadata]] }]);
  const answer = store.query({
    query: `{app="a"} ${stages}`,
    start: "1609459200000000000",
    end: "1609459201000000000",
  }) as Streams;
  const [first] = answer.result;
  return first === undefined ? undefined : { line: first.values[0]?.[1], labels: first.stream };
}

describe("stages", () => {
  it.each([
    ['|= "b c"', "a b c", true],
    ['!= "b c"', "a b c", false],
    ['|= "x" or "c"', "a b c", true],
    ['!= "x" or "c"', "a b c", false],
    ['|~ "^a.*c$"', "a b c", true],
    ['!~ "(?i)B"', "a b c", false],
    ['|> "a <_> c"', "a b c", true],
    ['|> "<_>b"', "a b c", false],
    ['|= ip("10.0.0.0/8")', "from 10.2.3.4:80", true],
    ['|= ip("10.0.0.1-10.0.0.9")', "from 10.0.0.10", false],
    ['|= ip("2001:db8::/32")', "from 2001:db8::7 here", true],
    ["| logfmt | took > 1s", "took=1500ms", true],
    ["| logfmt | took > 1s", "took=900ms", false],
    ["| logfmt | size >= 1KB", "size=1kB", true],
    ["| logfmt | n == 3", "n=3.0", true],
    ["| logfmt | n < 3", "m=1", false],
    ['| logfmt | addr != ip("10.0.0.1")', "addr=10.0.0.2", true],
    ['| logfmt | a="1" or b="2", c="3"', "a=1", true],
    ['| logfmt | (a="1" or b="2") and c="3"', "a=1", false],
    ['| absent=""', "x", true],
    ['| trace="7"', "x", true],
  ])("%s over %s: %s", (stages, line, kept) => {
    expect(through(stages, line, { trace: "7" }) !== undefined).toBe(kept);
  });

  it.each([
    [
      "| json",
      '{"a":1.50,"b":{"c":"d","e":[1]},"f":null,"app":"x","2x":true}',
      { a: "1.50", b_c: "d", app_extracted: "x", _2x: "true" },
    ],
    ['| json x="b.c", y="b[\\"e\\"][0]", z="none"', '{"b":{"c":"d","e":[7]}}', { x: "d", y: "7" }],
    [
      "| json",
      "no json",
      { __error__: "JSONParserErr", __error_details__: "Value looks like object, but can't find closing '}' symbol" },
    ],
    ["| logfmt", 'a=1 b="two words" c= d e.f=g', { a: "1", b: "two words", e_f: "g" }],
    [
      "| logfmt --strict",
      "a=1 =2",
      { a: "1", __error__: "LogfmtParserErr", __error_details__: "logfmt syntax error at pos 5 : unexpected '='" },
    ],
    ['| logfmt x="b"', "a=1 b=2", { x: "2" }],
    ['| pattern "<verb> <_> <code>"', "GET /a 200 ok", { verb: "GET", code: "200 ok" }],
    ['| regexp "(?P<verb>\\\\w+) (?P<rest>.*)"', "GET /a", { verb: "GET", rest: "/a" }],
    ["| unpack", '{"pod":"p","_entry":"the line"}', { pod: "p" }],
    ["| logfmt | label_format b=a,c=`{{.app}}-{{.b}}`", "a=1", { b: "1", c: "a-1" }],
    ["| logfmt | drop a,b=`x`", "a=1 b=2 c=3", { b: "2", c: "3" }],
    ["| logfmt | keep c", "a=1 c=3", { app: undefined, c: "3" }],
    [
      "| logfmt | a > 3",
      "a=b",
      { a: "b", __error__: "LabelFilterErr", __error_details__: 'strconv.ParseFloat: parsing "b": invalid syntax' },
    ],
  ])("%s over %s", (stages, line, labels) => {
    const wanted = Object.fromEntries(
      Object.entries({ app: "a", ...labels }).filter(([, value]) => value !== undefined),
    );
    expect(through(stages, line)?.labels).toEqual(wanted);
  });

  it.each([
    ["{{.a}}-{{.none}}-{{.app}}", "1--a"],
    ["{{ .b | upper | trunc 2 }}", "TW"],
    ['{{ __line__ | replace "two" "2" | substr 4 9 }}', 'b="2 '],
    ['{{if eq .a "1"}}one{{else if .b}}two{{else}}none{{end}}', "one"],
    ["{{ $x := .a }}{{with .b}}{{.}}{{$x}}{{end}}", "two words1"],
    ['{{ range $i, $e := fromJson "[1,2]" }}{{$i}}:{{$e}};{{ end }}', "0:1;1:2;"],
    ["a  {{- .a -}}  b", "a1b"],
    ['{{ add .a 2 }} {{ divf 1 4 }} {{ mul 3 "2" }} {{ round 2.456 1 }}', "3 0.25 6 2.5"],
    ['{{ printf "%06.2f|%-4s|%d" 2.25 .a 7 }}', "002.25|1   |7"],
    ['{{ __timestamp__ | date "2006-01-02T15:04:05.000Z07:00" }}', "2021-01-01T00:00:00.123Z"],
    ["{{ __timestamp__ | unixEpochMillis }}", "1609459200123"],
    ['{{ regexReplaceAll "(w)or" .b "${1}ar" }} {{ count "w" .b }}', "two wards 2"],
    [
      '{{ .b | b64enc }} {{ "dHdv" | b64dec }} {{ urlencode "a b&" }} {{ urldecode "a%20b" }}',
      "dHdvIHdvcmRz two a+b%26 a b",
    ],
    ['{{ default "-" .none }} {{ hasPrefix "tw" .b }} {{ title .b }} {{ alignRight 3 .a }}', "- true Two Words   1"],
    ['{{ bytes "1KB" }} {{ duration "90s" }}', "1000 90"],
    ['{{ "x" | int | not }} {{ and .a "y" }} {{ len .b }}', "true y 9"],
    ["{{ min 4 2 3 }} {{ max 4 2 3 }} {{ minf 4.5 2.5 3 }} {{ maxf 4 2.5 3 }}", "2 4 2.5 4"],
    ["{{ addf 0.1 0.2 }} {{ subf 0.3 0.1 }} {{ mulf 1.1 1.1 }} {{ divf 2 3 }}", "0.3 0.2 1.21 0.6666666666666667"],
    ["{{ divf 1e20 3 }} {{ divf -1 8e20 }} {{ addf 1e21 1 }}", "3.333333333333333e+19 0 1e+21"],
    [
      '{{ bytes "3MB" }} {{ mul 1000 3000 }} {{ mulf 1000 3000 }} {{ round 1234567.4 0 }}',
      "3e+06 3000000 3e+06 1.234567e+06",
    ],
    [
      '{{ printf "%v %v %.1f %d" (add 1 1999999) (addf 1 1999999) (bytes "2MB") (int "2000000") }}',
      "2000000 2e+06 2000000.0 2000000",
    ],
    ['{{ with fromJson "[1500000,7]" }}{{ index . 0 }} {{ gt (index . 0) (index . 1) }}{{ end }}', "1.5e+06 true"],
    ['{{ if eq (floor 2000000.5) (float64 "2000000") }}{{ print (bytes "2MB") 1 }}{{ end }}', "2e+06 1"],
    ["{{ round 2.456 1 0.6 }} {{ round 2.47 1 0.6 }} {{ round 7 0 }}", "2.4 2.5 7"],
    ['{{ print 1 2 "x" 3 4 }}', "1 2x3 4"],
    [
      '{{ range fromJson "[1,2,3,4]" }}{{if eq . 2.0}}{{continue}}{{end}}{{if eq . 4.0}}{{break}}{{end}}{{.}};{{ end }}.',
      "1;3;.",
    ],
  ])("line_format %s", (template, line) => {
    expect(through(`| logfmt | line_format ${JSON.stringify(template)}`, 'a=1 b="two words"')?.line).toBe(line);
  });

  it.each([
    ["{{break}}", "{{break}} outside {{range}}"],
    ["{{ if .a }}{{ continue }}{{ end }}", "{{continue}} outside {{range}}"],
  ])("line_format %s is refused", (template, reason) => {
    expect(sentenceOf(`{app="a"} | line_format ${JSON.stringify(template)}`)).toContain(reason);
  });

  it.each(["{{ divf .a 0 }}", '{{ addf 1 "Inf" }}'])("line_format %s fails with the line", (template) => {
    expect(through(`| logfmt | line_format ${JSON.stringify(template)}`, "a=1")?.labels["__error__"]).toBe(
      "TemplateFormatErr",
    );
  });

  it("take the colours away and keep what is distinct", () => {
    expect(through("| decolorize", "\u001b[31mred\u001b[0m")?.line).toBe("red");
    const store = createStore();
    store.push([{ stream: { app: "a" }, values: ["x=1", "x=2", "x=1"].map((line, i) => [String(i), line] as const) }]);
    const { result } = store.query({ query: '{app="a"} | logfmt | distinct x', start: 0, end: 10 }) as Streams;
    expect(result.map(({ stream }) => stream["x"])).toEqual(["1", "2"]);
  });

  it("keep metadata under parsed fields and beside stream labels", () => {
    expect(through("| logfmt", "trace=9", { trace: "7", app: "z" })?.labels).toEqual({
      app: "a",
      app_extracted: "z",
      trace: "9",
    });
  });
});

/** Sixty lines, one a second, in two streams by turns. */
function minute() {
  const store = createStore();
  for (const app of ["a", "b"]) {
    const values = Array.from(
      { length: 30 },
      (_, i) => [String((i * 2 + (app === "b" ? 1 : 0)) * 1e9), `n=${i} took=${i * 10}ms`] as const,
    );
    store.push([{ stream: { app, env: "prod" }, values }]);
  }
  return store;
}

describe("time", () => {
  it("is limited by the clock that comes along", () => {
    const logs = new MemoryLogs();
    logs.push(
      { app: "a" },
      Array.from({ length: 3_000 }, (_, i) => ({ timeUs: i, line: `n=${i}`, metadata: {} })),
    );
    const parsed = parseLogql('sum(count_over_time({app="a"} | logfmt | n > 0 [1m]))');
    if (!parsed.ok || parsed.value.kind === "log") throw new Error("not a metric");
    const expr = parsed.value;
    let now = 0;
    const limits = { ...DEFAULT_LOGQL_LIMITS, timeMsMax: 50, clockMs: () => (now += 40) };
    expect(() => evaluateInstant(expr, logs, 60_000, limits)).toThrow(
      "milliseconds of one query exceeded: 80, allowed 50",
    );
  });
});

describe("metrics", () => {
  const at60 = (query: string): unknown => {
    const { result } = minute().query({ query, time: 60e9 }) as {
      result: { metric: Record<string, string>; value: [number, string] }[];
    };
    return result.map(({ metric, value }) => [Object.values(metric).join(), Number(value[1])]);
  };

  it.each([
    [
      'count_over_time({env="prod"}[10s])',
      [
        ["a,prod", 4],
        ["b,prod", 5],
      ],
    ],
    ['sum(count_over_time({env="prod"}[10s]))', [["", 9]]],
    [
      'sum by (app) (rate({env="prod"} |= "n=2" [1m]))',
      [
        ["a", 11 / 60],
        ["b", 11 / 60],
      ],
    ],
    ['bytes_over_time({app="a"}[10s])', [["a,prod", 60]]],
    ['sum_over_time({app="a"} | logfmt | unwrap n [10s]) by (app)', undefined],
    [
      'avg_over_time({env="prod"} | logfmt | unwrap n [10s]) by (app)',
      [
        ["a", 27.5],
        ["b", 27],
      ],
    ],
    ['max_over_time({app="a"} | logfmt | unwrap duration(took) [10s]) by ()', [["", 0.29]]],
    ['quantile_over_time(0.5, {app="a"} | logfmt | unwrap n [10s]) by (app)', [["a", 27.5]]],
    ['first_over_time({app="a"} | logfmt | unwrap n [10s]) by (app)', [["a", 26]]],
    ['last_over_time({app="a"} | logfmt | unwrap n [10s] offset 10s) by (app)', [["a", 25]]],
    ['rate_counter({app="a"} | logfmt | keep n,app | unwrap n [10s])', [["a", 0.5]]],
    ['absent_over_time({app="z"}[1m])', [["z", 1]]],
    ['absent_over_time({app="a"}[1m])', []],
    ['topk(1, count_over_time({env="prod"}[10s]))', [["b,prod", 5]]],
    [
      'topk(2, count_over_time({env="prod"}[10s]))',
      [
        ["a,prod", 4],
        ["b,prod", 5],
      ],
    ],
    [
      'sort_desc(count_over_time({env="prod"}[10s]))',
      [
        ["b,prod", 5],
        ["a,prod", 4],
      ],
    ],
    ['sum(rate({env="prod"}[10s])) / 0', [["", NaN]]],
    ['count_over_time({env="prod"}[10s]) > 4', [["b,prod", 5]]],
    [
      'count_over_time({env="prod"}[10s]) > bool 4',
      [
        ["a,prod", 0],
        ["b,prod", 1],
      ],
    ],
    [
      'count_over_time({app="a"}[10s]) or count_over_time({env="prod"}[20s])',
      [
        ["a,prod", 4],
        ["b,prod", 10],
      ],
    ],
    ['count_over_time({env="prod"}[10s]) unless count_over_time({app="a"}[10s])', [["b,prod", 5]]],
    [
      'count_over_time({env="prod"}[10s]) * on (app) group_left sum by (app) (count_over_time({app="a"}[10s]))',
      [["a,prod", 16]],
    ],
    ['label_replace(count_over_time({app="a"}[10s]), "z", "x-$1", "app", "(.*)")', [["a,prod,x-a", 4]]],
    ["vector(3) + 1", [["", 4]]],
  ])("%s", (query, wanted) => {
    if (wanted === undefined) expect(() => at60(query)).toThrow(/grouping not allowed for sum_over_time/);
    else expect(at60(query)).toEqual(wanted);
  });

  it("do not hide errors of lines", () => {
    const broken = 'sum by (n) (count_over_time({app="a"} | json [1m]))';
    expect(() => at60(broken)).toThrow("pipeline error: 'JSONParserErr' for series:");
    expect(at60('sum by (n) (count_over_time({app="a"} | json | __error__="" [1m]))')).toEqual([]);
    // A sum over everything needs no label, so nothing is parsed.
    expect(at60('sum(count_over_time({app="a"} | json [10s]))')).toEqual([["", 4]]);
  });

  it("end with the limit that they met", () => {
    const store = createStore();
    const values = Array.from({ length: 600 }, (_, i) => [String(i), `n=${i}`] as const);
    store.push([{ stream: { app: "a" }, values }]);
    expect(() => store.query({ query: 'count_over_time({app="a"} | logfmt [1m])', time: 1e9 })).toThrow(
      /maximum number of series \(500\) reached for a single query/,
    );
    expect(() => minute().query({ query: 'rate({app="a"}[1m])', start: 0, end: 60e9, step: 0.001 })).toThrow(
      /steps per query/,
    );
  });
});
