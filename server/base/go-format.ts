/** Numbers as Go's fmt writes them, which templates of alert rules rely on. Source: Go strconv.FormatFloat, fmt. */

function special(value: number): string | undefined {
  if (Number.isNaN(value)) return "NaN";
  if (value === Infinity) return "+Inf";
  if (value === -Infinity) return "-Inf";
  return undefined;
}

/** Two digits of exponent at least, as Go writes them: 1e-05. */
function padExponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, "e$10$2");
}

/** `%.<precision>g`: at most `precision` significant digits, no trailing zeros, an exponent where the number is far from 1. */
export function formatGeneral(value: number, precision: number): string {
  const named = special(value);
  if (named !== undefined) return named;
  if (value === 0) return "0";
  const digits = Math.max(1, precision);
  const exponential = value.toExponential(digits - 1);
  const exponent = Number(exponential.slice(exponential.indexOf("e") + 1));
  if (exponent < -4 || exponent >= digits) {
    const [mantissa = "", power = ""] = exponential.split("e");
    return padExponent(`${withoutTrailingZeros(mantissa)}e${power}`);
  }
  return withoutTrailingZeros(value.toFixed(Math.max(0, digits - 1 - exponent)));
}

function withoutTrailingZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** `%v` of a float: the shortest text that reads back to the same number; an exponent below 1e-4 and from 1e6: 3e+06. */
export function formatShortest(value: number): string {
  const named = special(value);
  if (named !== undefined) return named;
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e6)) return padExponent(value.toExponential());
  return String(value);
}

/** `%e` with as many digits as it takes to read the same number back: 2.50635e+00. */
export const formatExponential = (value: number): string => special(value) ?? padExponent(value.toExponential());

const VERB = /%([+#0 -]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g;

/** Printf of text and numbers: %s %v %q %d %f %e %g %x %%. A verb that does not fit gives Go's `%!d(…)`. */
export function formatPrintf(format: string, args: readonly (string | number)[]): string {
  let next = 0;
  const out = format.replace(
    VERB,
    (_, flags: string, width: string | undefined, precision: string | undefined, verb: string) => {
      if (verb === "%") return "%";
      const argument = args.at(next++);
      if (argument === undefined) return `%!${verb}(MISSING)`;
      const text = formatVerb(verb, argument, precision === undefined ? undefined : Number(precision));
      const signed = flags.includes("+") && typeof argument === "number" && !/^[+-]/.test(text) ? `+${text}` : text;
      return pad(signed, flags, Number(width ?? 0));
    },
  );
  return next < args.length ? `${out}%!(EXTRA ${args.slice(next).map(String).join(", ")})` : out;
}

function pad(text: string, flags: string, width: number): string {
  if (flags.includes("-")) return text.padEnd(width);
  return flags.includes("0") ? text.padStart(width, "0") : text.padStart(width);
}

function formatVerb(verb: string, argument: string | number, precision: number | undefined): string {
  if (typeof argument === "string") {
    if (verb === "s" || verb === "v") return precision === undefined ? argument : argument.slice(0, precision);
    return verb === "q" ? JSON.stringify(argument) : `%!${verb}(string=${argument})`;
  }
  const named = special(argument);
  if (named !== undefined && "feEgGv".includes(verb)) return named;
  switch (verb) {
    case "v":
    case "g":
      return precision === undefined ? formatShortest(argument) : formatGeneral(argument, precision);
    case "f":
      return argument.toFixed(Math.min(100, precision ?? 6));
    case "e":
      return padExponent(argument.toExponential(Math.min(100, precision ?? 6)));
    default:
      return `%!${verb}(float64=${formatShortest(argument)})`;
  }
}
