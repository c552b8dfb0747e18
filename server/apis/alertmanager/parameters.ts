/** What requests to Alertmanager say, and its ways to say that something is wrong with them. */
import { parseMatchers } from "../../alerting/alertmanager/label-matchers.js";
import { compileRegex } from "../../query/promql/matcher.js";
import { formatRfc3339 } from "../../query/promql/calendar.js";
import type { AlertMatcher } from "../../topology/alertmanager-spec.js";
import { type ApiAnswer, type ApiRequest, firstParameter, jsonAnswer } from "../api.js";

/** Carries the answer for a mistake of the client. */
export class BadRequest extends Error {
  override readonly name = "BadRequest";

  constructor(readonly answer: ApiAnswer) {
    super("the request cannot be answered");
  }
}

/** Mistakes that Alertmanager itself found: a JSON text. */
export const badRequest = (message: string, httpStatus = 400): BadRequest =>
  new BadRequest(jsonAnswer(message, httpStatus));

/** Mistakes that the description of the API rules out: a number and a text. */
export const codedAnswer = (httpStatus: number, code: number, message: string): ApiAnswer =>
  jsonAnswer({ code, message }, httpStatus);

const TRUE = ["true", "1", "yes", "ok", "y", "on", "selected", "checked", "t", "enabled"];

/** Anything that is not one of many words for yes is no, as the real one's parser has it. */
export function booleanOf(request: ApiRequest, name: string): boolean {
  const text = firstParameter(request, name);
  return text === undefined || TRUE.includes(text.toLowerCase());
}

/** Of the repeated parameter `filter`. */
export function matchersOf({ parameters }: ApiRequest): readonly AlertMatcher[] {
  const texts = Object.hasOwn(parameters, "filter") ? parameters["filter"] : [];
  return texts.flatMap((text) => {
    const parsed = parseMatchers(text);
    if (!parsed.ok) throw badRequest(parsed.error);
    return parsed.value;
  });
}

/** A test of receivers by the parameter `receiver`. */
export function receiverTest(request: ApiRequest): (receiver: string) => boolean {
  const text = firstParameter(request, "receiver");
  if (text === undefined) return () => true;
  const anchored = `^(?:${text})$`;
  const compiled = compileRegex(anchored, anchored);
  if (!compiled.ok) throw badRequest(`failed to parse receiver param: ${compiled.error}`);
  return (receiver) => compiled.value.matcher(receiver).find();
}

/** With milliseconds, in the client's clock. */
export const instantText = (ms: number, { clockAheadMs }: Pick<ApiRequest, "clockAheadMs">): string =>
  formatRfc3339(Math.floor(ms) + clockAheadMs);
