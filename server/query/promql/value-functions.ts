/** Functions from one value to one value, element by element. Source: prometheus/promql/functions.go. */
import { civilTime, daysInMonth, type CivilTime } from "./calendar.js";

/** `parameters` are the scalar arguments after the vector, in order. */
export type ValueFunction = (value: number, parameters: readonly number[]) => number;

const calendarField =
  (field: (time: CivilTime) => number): ValueFunction =>
  (epochSeconds) =>
    Number.isFinite(epochSeconds) ? field(civilTime(epochSeconds)) : NaN;

/** Go's Max and Min: NaN wins as in Math, but not over the infinity that nothing exceeds. */
const greater = (left: number, right: number): number =>
  left === Infinity || right === Infinity ? Infinity : Math.max(left, right);
const lesser = (left: number, right: number): number =>
  left === -Infinity || right === -Infinity ? -Infinity : Math.min(left, right);

export const VALUE_FUNCTIONS: ReadonlyMap<string, ValueFunction> = new Map<string, ValueFunction>([
  ["abs", Math.abs],
  ["acos", Math.acos],
  ["acosh", Math.acosh],
  ["asin", Math.asin],
  ["asinh", Math.asinh],
  ["atan", Math.atan],
  ["atanh", Math.atanh],
  ["ceil", Math.ceil],
  ["cos", Math.cos],
  ["cosh", Math.cosh],
  ["deg", (value) => (value * 180) / Math.PI],
  ["exp", Math.exp],
  ["floor", Math.floor],
  ["ln", Math.log],
  ["log10", Math.log10],
  ["log2", Math.log2],
  ["rad", (value) => (value * Math.PI) / 180],
  ["sgn", (value) => (value < 0 ? -1 : value > 0 ? 1 : value)],
  ["sin", Math.sin],
  ["sinh", Math.sinh],
  ["sqrt", Math.sqrt],
  ["tan", Math.tan],
  ["tanh", Math.tanh],
  ["clamp", (value, [low, high]) => greater(low, lesser(high, value))],
  ["clamp_max", (value, [high]) => lesser(high, value)],
  ["clamp_min", (value, [low]) => greater(low, value)],
  // Dividing by the inverse, and not multiplying by the step, keeps 5.3 from becoming 5.300000000000001.
  ["round", (value, [step = 1]) => Math.floor(value * (1 / step) + 0.5) / (1 / step)],
  ["minute", calendarField((time) => time.minute)],
  ["hour", calendarField((time) => time.hour)],
  ["day_of_month", calendarField((time) => time.day)],
  ["day_of_week", calendarField((time) => time.dayOfWeek)],
  ["day_of_year", calendarField((time) => time.dayOfYear)],
  ["days_in_month", calendarField((time) => daysInMonth(time.year, time.month))],
  ["month", calendarField((time) => time.month)],
  ["year", calendarField((time) => time.year)],
]);
