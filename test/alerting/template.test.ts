import { describe, expect, it } from "vitest";
import { parseTemplate } from "../../server/alerting/template.js";

function render(text: string, value: number): string {
  const parsed = parseTemplate(text);
  if (!parsed.ok) return parsed.error.message;
  return parsed.value({ labels: { job: "cart", zone: "eu" }, externalLabels: { cluster: "sim" }, value });
}

describe("templates", () => {
  it.each([
    ["{{ $value }}", 0.25, "0.25"],
    ["{{ .Value }} {{.Labels.job}}", 3, "3 cart"],
    ["{{ $labels.missing }}|{{ $externalLabels.cluster }}", 0, "|sim"],
    ["{{ $value | humanize }}", 1234567, "1.235M"],
    ["{{ $value | humanize }}", 0.00123, "1.23m"],
    ["{{ humanize1024 $value }}", 1048576, "1Mi"],
    ["{{ $value | humanizePercentage }}", 0.12345, "12.35%"],
    ["{{ $value | humanizeDuration }}", 3725, "1h 2m 5s"],
    ["{{ $value | humanizeDuration }}", 0.0421, "42.1ms"],
    ["{{ $value | humanizeDuration }}", 12.3456, "12.35s"],
    ["{{ $value | humanizeTimestamp }}", 1435065584.128, "2015-06-23 13:19:44.128 +0000 UTC"],
    ['{{ printf "%.2f of %s" $value $labels.job }}', 1.005, "1.00 of cart"],
    ['{{ $value | printf "%.3g" }}', 1234.5, "1.23e+03"],
    ['{{ printf "%5.1f|%-5s|%05.1f|%d" $value "a" $value $value }}', 2.5, "  2.5|a    |002.5|%!d(float64=2.5)"],
    ["{{ $labels.job | toUpper }}", 0, "CART"],
    ['{{ index $labels "zone" | title }}', 0, "Eu"],
    ['{{ reReplaceAll "c(.*)" "k$1" $labels.job }}', 0, "kart"],
    ["a {{- $value -}} b", 1, "a1b"],
    ["{{ $labels }}", 0, "map[job:cart zone:eu]"],
    ["{{ $value }}", 1e-7, "1e-07"],
    ["{{ $value", 0, "unclosed action: {{ without }}"],
    ["{{ nope $value }}", 0, 'function "nope" not defined'],
    ["{{ humanize }}", 0, "wrong number of args for humanize: want 1 got 0"],
    ['{{ query "up" }}', 0, "{{ query }} is not supported in templates here"],
    ["no action", 0, "no action"],
  ])("%s of %s is %s", (text, value, expected) => {
    expect(render(text, value)).toBe(expected);
  });
});
