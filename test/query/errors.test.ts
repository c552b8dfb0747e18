import { describe, expect, it } from "vitest";
import { prepareQuery } from "../../server/query/promql/query.js";

/** `line:column message` of the first problem. */
function complaint(text: string): string {
  const prepared = prepareQuery(text);
  if (prepared.ok) return "";
  const [first] = prepared.error;
  return first === undefined ? "" : `${String(first.line)}:${String(first.column)} ${first.message}`;
}

describe("errors point at the place and say what was met", () => {
  it.each([
    ["", "1:1 no expression found in input"],
    ["sum by(", "1:8 unclosed left parenthesis"],
    ["sum(", "1:5 unclosed left parenthesis"],
    ["rate(foo[5m)", "1:12 unexpected right parenthesis ')'"],
    ["foo)", "1:4 unexpected right parenthesis ')'"],
    ['foo{a="b"', "1:10 unexpected end of input inside braces"],
    ["foo bar", '1:5 unexpected identifier "bar"'],
    ["1 2", '1:3 unexpected number "2"'],
    ["a + ", "1:5 unexpected end of input"],
    ["a{b=c}", '1:5 unexpected identifier "c" in label matching, expected string'],
    ["a{b='c}", "1:5 unterminated quoted string"],
    ["a{b.c='d'}", "1:4 unexpected character inside braces: '.'"],
    ["a{b{", "1:4 unexpected left brace '{'"],
    ["a=~b", "1:2 unexpected character after '=': '~'"],
    ["a 5mm", '1:3 bad number or duration syntax: "5mm"'],
    ["0.5.", '1:1 bad number or duration syntax: "0.5."'],
    ["a 5m", '1:3 unexpected duration "5m"'],
    ["sum(a b)", '1:7 unexpected identifier "b" in aggregation'],
    ["sum by (5) (a)", '1:9 unexpected number "5" in grouping opts, expected label'],
    ["a 'a longer string'", '1:3 unexpected string "\'a longer "...'],
    ["sum bye (a)", '1:5 unexpected identifier "bye"'],
    ["rtae(foo[5m]) foo", '1:1 unknown function with name "rtae"'],
    ["rtae(foo[5m] foo)", '1:14 unexpected identifier "foo"'],
    ["a @ b", '1:5 unexpected identifier "b" in @, expected timestamp'],
    ["a\u0378", "1:2 unexpected character: '\\u0378'"],
    ["a && b", "1:3 unexpected character: '&'"],
    ["foo[5x]", '1:5 bad number or duration syntax: "5x"'],
    ["rtae(foo[5m])", '1:1 unknown function with name "rtae"'],
    ["rate(foo)", '1:6 expected type range vector in call to function "rate", got instant vector'],
    ["sum(foo[5m])", "1:5 expected type instant vector in aggregation expression, got range vector"],
    ["rate(foo[5m], 1)", '1:1 expected 1 argument(s) in call to "rate", got 2'],
    ["round(foo, 1, 2)", '1:1 expected at most 2 argument(s) in call to "round", got 3'],
    ["{}", "1:1 vector selector must contain at least one non-empty matcher"],
    ['{a=~".*"}', "1:1 vector selector must contain at least one non-empty matcher"],
    ["1 == 1", "1:3 comparisons between scalars must use BOOL modifier"],
    ["foo and 1", '1:1 set operator "and" not allowed in binary scalar expression'],
    ["foo + bool bar", "1:5 bool modifier can only be used on comparison operators"],
    ["foo + on (a) group_left (a) bar", '1:5 label "a" must not occur in ON and GROUP clause at once'],
    ["foo and on (a) group_left bar", '1:1 no grouping allowed for "and" operation'],
    [
      "sum(foo) offset 5m",
      "1:1 offset modifier must be preceded by an instant vector selector or range vector selector or a subquery",
    ],
    ["foo offset 5m offset 3m", "1:1 offset may not be set multiple times"],
    ["rate(sum(foo)[5m])", "1:14 ranges only allowed for vector selectors"],
    ["foo[0s]", "1:5 duration must be greater than 0"],
    ["foo[5m1h]", '1:5 not a valid duration string: "5m1h"'],
    ["foo[5m / 0s]", "1:8 division by zero"],
    ["foo['5m']", "1:5 unexpected character in duration expression: '\\''"],
    ["foo[5m by 1m]", "1:8 unexpected character: 'b', expected ':'"],
    ["foo[", "1:5 unexpected end of input in duration expression"],
    ["foo[5m:1m1]", '1:8 bad number or duration syntax: "1m1"'],
    ['"a\\q"', "1:1 unknown escape sequence U+0071 'q'"],
    ['"a\\xg0"', "1:1 illegal character U+0067 'g' in escape sequence"],
    ['"a\\', "1:1 escape sequence not terminated"],
    ["sum(foo,)", "1:8 trailing commas not allowed in function call args"],
    ['foo{a:b="c"}', "1:6 unexpected character inside braces: ':'"],
    ["a * on(b) ignoring(c) d", "1:11 unexpected <ignoring>"],
    ["foo > f()", '1:7 unknown function with name "f"'],
    ["foo + fill(0) bar", "1:7 binop fill modifiers are experimental and not enabled"],
    ["rate(foo[5m] anchored)", "1:6 anchored modifier is experimental and not enabled"],
    ["foo[5m][1h:]", "1:1 subquery is only allowed on instant vector, got matrix instead"],
    ['foo{a=~"("}', "1:1 error parsing regexp: missing closing ): `(`"],
    ["foo\n  + [", '2:5 unexpected "["'],
    ['foo{__name__="bar"}', '1:1 metric name must not be set twice: "foo" or "bar"'],
    ["histogram_sum(foo)", '1:1 function "histogram_sum" is not supported'],
    ["foo smoothed", "1:1 smoothed modifier is experimental and not enabled"],
    ["topk(foo)", "1:1 wrong number of arguments for aggregate expression provided, expected 2, got 1"],
    ["foo @ NaN", "1:1 timestamp out of bounds for @ modifier: NaN"],
    ["(".repeat(300) + "1" + ")".repeat(300), "1:202 expressions are nested more than 200 deep"],
  ])("%s", (text, message) => {
    expect(complaint(text)).toBe(message);
  });

  it("says what would help", () => {
    const hintOf = (text: string): string | undefined => {
      const prepared = prepareQuery(text);
      return prepared.ok ? undefined : prepared.error[0]?.hint;
    };
    expect(hintOf("rtae(foo[5m])")).toBe("did you mean rate?");
    expect(hintOf("rate(foo)")).toContain("[5m]");
    expect(hintOf("a{b=c}")).toBe('label values stand in quotes: "c"');
    expect(hintOf("sum by (le) rate(x[5m])")).toBe("the argument of an aggregation stands in parentheses");
    expect(hintOf("histogram_sum(foo)")).toContain("native histograms");
  });

  it("lists several problems at once", () => {
    const prepared = prepareQuery("rate(foo) + increase(bar)");
    expect(prepared.ok ? [] : prepared.error.map(({ from }) => from)).toEqual([5, 21]);
  });
});
