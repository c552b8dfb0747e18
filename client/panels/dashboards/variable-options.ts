/** What each variable of a dashboard offers and what is chosen, one after the other: a query may name those before it. */
import type { TimeWindow } from "../../../server/wire/telemetry.js";
import type { RunQueries } from "../../net/api.js";
import type { DashboardVariable } from "./model.js";
import { timesOf } from "./panel-answer.js";
import type { VariableChoice } from "./variable-bar.js";
import { ALL, chosenValues, filtered, interpolate, labelValuesQuery, listValues, metricsQuery } from "./variables.js";

/** @param wanted the choice that the address holds of a variable */
export async function askVariables(
  queries: RunQueries,
  variables: readonly DashboardVariable[],
  wanted: (name: string) => string | undefined,
  window: TimeWindow,
  scrapeSeconds: number,
  signal: AbortSignal,
): Promise<readonly VariableChoice[]> {
  const choices: VariableChoice[] = [];
  for (const variable of variables) {
    const values = new Map(choices.map(({ variable: { name }, chosen }) => [name, chosen]));
    const query = interpolate(variable.query, values, timesOf(window, scrapeSeconds));
    const options = filtered(await optionsOf(queries, variable, query, signal), variable.regex);
    const asked = wanted(variable.name);
    const first = asked?.split(",") ?? variable.initial;
    const all = variable.includeAll && (first.length === 0 || first.includes(ALL) || first.includes("All"));
    choices.push({ variable, options, chosen: chosenValues(variable, options, asked), all });
  }
  return choices;
}

async function optionsOf(
  queries: RunQueries,
  { type }: DashboardVariable,
  query: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (type !== "query") return type === "textbox" ? [] : listValues(query);
  const asked = labelValuesQuery(query);
  const names = metricsQuery(query);
  if (asked === undefined && names === undefined) return [];
  const parameters = asked?.selector === undefined ? {} : { "match[]": [asked.selector] };
  const answer = await queries.prometheus(`label/${asked?.label ?? "__name__"}/values`, parameters, signal);
  const values = answer.data as readonly string[];
  return names === undefined ? values : filtered(values, names);
}
