import { describe, expect, it } from "vitest";
import { parseTemplate } from "../../server/alerting/template.js";

const UP = [
  { labels: { __name__: "up", instance: "b:1", job: "cart" }, value: 1 },
  { labels: { __name__: "up", instance: "a:1", job: "cart" }, value: 0 },
];

function render(text: string, value: number): string {
  const parsed = parseTemplate(text);
  if (!parsed.ok) return parsed.error.message;
  const data = { labels: { job: "cart", zone: "eu" }, externalLabels: { cluster: "sim" }, value };
  const query = (expression: string) => (expression === "up" ? UP : []);
  return parsed.value(data, { query, externalUrl: "http://prometheus:9090/prom", atMs: 0 });
}

const failed = (what: string): string => `<error expanding template: error executing template: ${what}>`;

describe("values and functions", () => {
  it.each([
    ["{{ $value }}", 0.25, "0.25"],
    ["{{ .Value }} {{.Labels.job}}", 3, "3 cart"],
    ["{{ $labels.missing }}|{{ $externalLabels.cluster }}|{{ $externalURL }}", 0, "|sim|http://prometheus:9090/prom"],
    ["{{ $value | humanize }}", 1234567, "1.235M"],
    ["{{ $value | humanize }}", 0.00123, "1.23m"],
    ['{{ "1234567" | humanize }}', 0, "1.235M"],
    ["{{ humanize1024 $value }}", 1048576, "1Mi"],
    ["{{ $value | humanizePercentage }}", 0.12345, "12.35%"],
    ["{{ $value | humanizeDuration }}", 3725, "1h 2m 5s"],
    ["{{ $value | humanizeDuration }}", 0.0421, "42.1ms"],
    ["{{ $value | humanizeDuration }}", 12.3456, "12.35s"],
    ["{{ $value | humanizeTimestamp }}", 1435065584.128, "2015-06-23 13:19:44.128 +0000 UTC"],
    ['{{ printf "%.2f of %s" $value $labels.job }}', 1.005, "1.00 of cart"],
    ['{{ $value | printf "%.3g" }}', 1234.5, "1.23e+03"],
    ['{{ printf "%5.1f|%-5s|%05.1f|%d" $value "a" $value $value }}', 2.5, "  2.5|a    |002.5|%!d(float64=2.5)"],
    ['{{ printf "%d of %q" 3 "a" }}', 0, '3 of "a"'],
    ["{{ $labels.job | toUpper }}", 0, "CART"],
    ['{{ "TWO Words" | toLower | title }}', 0, "Two Words"],
    ['{{ index $labels "zone" | title }}', 0, "Eu"],
    ['{{ index $labels "none" }}|{{ len $labels }}', 0, "|2"],
    ['{{ reReplaceAll "c(.*)" "k$1" $labels.job }}', 0, "kart"],
    ['{{ match "c.*t" $labels.job }} {{ match "^a" $labels.job }}', 0, "true false"],
    ["{{ $labels }}", 0, "map[job:cart zone:eu]"],
    ["{{ $value }}", 1e-7, "1e-07"],
    [
      '{{ stripPort "a.b:80" }} {{ stripDomain "a.b.c:80" }} {{ stripDomain "10.0.0.1:80" }}',
      0,
      "a.b a:80 10.0.0.1:80",
    ],
    ['{{ graphLink "up > 0" }} {{ tableLink "up" }}', 0, "/graph?g0.expr=up+%3E+0&g0.tab=0 /graph?g0.expr=up&g0.tab=1"],
    ["{{ externalURL }} {{ pathPrefix }}", 0, "http://prometheus:9090/prom /prom"],
    ['{{ parseDuration "1h30m" }} {{ toDuration 5400.5 }}', 0, "5400 1h30m0.5s"],
    ["no action", 0, "no action"],
    ["a {{- $value -}} b {{/* said by nobody */}}c", 1, "a1b c"],
  ])("%s of %s is %s", (text, value, expected) => {
    expect(render(text, value)).toBe(expected);
  });
});

describe("structure", () => {
  it.each([
    ["{{ if gt $value 5.0 }}high{{ else if gt $value 2.0 }}middle{{ else }}low{{ end }}", 3, "middle"],
    ['{{ if and (eq $labels.job "cart") (ne $labels.zone "us") }}yes{{ end }}', 0, "yes"],
    ["{{ if or $labels.none $labels.job }}{{ or $labels.none $labels.job }}{{ end }}", 0, "cart"],
    ["{{ if not $labels.none }}none{{ end }}", 0, "none"],
    ["{{ with $labels.zone }}in {{ . }}{{ else }}nowhere{{ end }}", 0, "in eu"],
    ["{{ with $labels.none }}in {{ . }}{{ else }}nowhere{{ end }}", 0, "nowhere"],
    ["{{ range $name, $text := $labels }}{{ $name }}={{ $text }};{{ end }}", 0, "job=cart;zone=eu;"],
    ['{{ $shop := "my" }}{{ $shop }} {{ $shop = "your" }}{{ $shop }}', 0, "my your"],
    ["{{ define `one` }}<{{ . }}>{{ end }}{{ template `one` $labels.job }}{{ template `one` $value }}", 2, "<cart><2>"],
    ["{{ block `one` $labels }}{{ .job }}{{ end }}", 0, "cart"],
    ['{{ range query "up" }}{{ .Labels.instance }}={{ .Value }} {{ end }}', 0, "b:1=1 a:1=0 "],
    ['{{ range query "up" | sortByLabel "instance" }}{{ .Labels.instance }} {{ end }}', 0, "a:1 b:1 "],
    ['{{ query "up" | first | value }} {{ query "up" | first | label "job" }}', 0, "1 cart"],
    ['{{ range query "none" }}x{{ else }}nothing{{ end }}', 0, "nothing"],
    ['{{ with query "up" }}{{ . | first | value | humanizePercentage }}{{ end }}', 0, "100%"],
    ['{{ range query "up" }}{{ if eq .Value 0.0 }}{{ continue }}{{ end }}{{ .Labels.instance }}{{ end }}', 0, "b:1"],
    ['{{ range query "up" }}{{ .Labels.instance }}{{ break }}{{ end }}', 0, "b:1"],
    ["{{ range $labels }}{{ $.Value }}{{ end }}", 7, "77"],
    ['{{ printf "query:%s" (printf "%s" $labels.job) }}', 0, "query:cart"],
  ])("%s of %s is %s", (text, value, expected) => {
    expect(render(text, value)).toBe(expected);
  });
});

describe("what cannot be read or done", () => {
  it.each([
    ["{{ $value", "unclosed action"],
    ["{{ nope $value }}", 'function "nope" not defined'],
    ["{{ $nope }}", 'undefined variable "$nope"'],
    ["{{ range $x := $labels }}{{ end }}{{ $x }}", 'undefined variable "$x"'],
    ["{{ define `a` }}{{ $value }}{{ end }}", 'undefined variable "$value"'],
    ["{{ if $value }}", "unexpected EOF"],
    ["{{ end }}", "unexpected {{end}}"],
    ["{{ if }}{{ end }}", "missing value for if"],
    ["{{ break }}", "{{break}} outside {{range}}"],
    ["{{ humanize }}", failed("wrong number of args for humanize: want 1 got 0")],
    ['{{ "a" | humanize }}', failed('strconv.ParseFloat: parsing "a": invalid syntax')],
    ["{{ $value.job }}", failed("can't evaluate field job in type float64")],
    ['{{ query "none" | first }}', failed("error calling first: first() called on vector with no elements")],
    ["{{ template `none` }}", failed('template "none" not defined')],
    ["{{ define `a` }}{{ template `a` . }}{{ end }}{{ template `a` . }}", failed("exceeded maximum template depth")],
    ['{{ reReplaceAll "(" "" $labels.job }}', failed("error parsing regexp: missing closing ): `(`")],
  ])("%s: %s", (text, expected) => {
    expect(render(text, 1)).toBe(expected);
  });
});
