/**
 * Which attributes of a span can have a text in them, told from how their values are made (see span-attributes.ts): a
 * search for words then reads those attributes and no others. Attributes that site and status fix are not meant. Texts
 * are compared in lower case.
 */
import { straddles } from "../base/text-gaps.js";
import type { Model } from "../topology/model-types.js";
import { productName, type RequestDraws, tenantName, userName } from "./request-draws.js";
import type { VersionHistory } from "./version-history.js";

/** What a number, as attributes show it, may have in it. */
const NUMERIC = /^[\d.e+-]+$/;
/** Attributes whose values are numbers, and the duration, which every span has. */
const NUMBERS: readonly string[] = [
  "duration_ms",
  "app.cart.items",
  "app.worker.wait_ms",
  "app.pool.wait_ms",
  "messaging.message.age_ms",
  "http.request.resend_count",
  "app.call.hedge",
  "app.item.index",
  "db.response.returned_rows",
];
const SESSION = /^[0-9a-f]{1,8}$/;
const TEMPLATE_NAME = /\{[^}]+\}|:[A-Za-z]+/;

export class SpanWords {
  readonly #lists: readonly (readonly [attribute: string, values: readonly string[]])[];
  /** Fixed texts of paths. */
  readonly #paths: readonly (readonly string[])[];

  constructor(
    model: Model,
    draws: RequestDraws,
    private readonly versions: VersionHistory,
  ) {
    const lists: [string, readonly string[]][] = [
      ["service.instance.id", model.instances.map(({ name }) => name)],
      ["app.region", draws.regionNames],
      ["user_agent.synthetic.type", ["bot", "test"]],
      ["app.probe", draws.probeNames],
      ["tenant.plan", draws.planNames],
      ["device.type", draws.properties.device?.names ?? []],
      ["app.version", draws.properties.appVersion?.names ?? []],
      ["user.locale", draws.properties.locale?.names ?? []],
      ["service.version", model.services.map(({ spec }) => spec.version)],
    ];
    this.#lists = lists.map(([attribute, values]) => [attribute, values.map((value) => value.toLowerCase())]);
    const templates = model.sites.flatMap(({ attributes }) => [attributes["http.route"], attributes["url.template"]]);
    this.#paths = [...new Set(templates)].flatMap((template: string | undefined) =>
      template === undefined ? [] : [template.toLowerCase().split(TEMPLATE_NAME)],
    );
  }

  /** Changes when a value has become possible that was not. */
  get edition(): number {
    return this.versions.steps.length;
  }

  /** Names of the attributes that may have `term` in their values; `duration_ms` is how long the span took. */
  carriers(term: string): readonly string[] {
    const found = NUMERIC.test(term) ? [...NUMBERS] : [];
    found.push(
      ...this.#lists.filter(([, values]) => values.some((value) => value.includes(term))).map(([name]) => name),
    );
    if (this.versions.steps.some(({ version }) => version.toLowerCase().includes(term))) found.push("service.version");
    if (SESSION.test(term)) found.push("session.id");
    const [ofUser, ofProduct] = [isInName(userName(0), term), isInName(productName(0), term)];
    if (ofUser) found.push("user.id");
    if (ofProduct) found.push("app.product.id");
    if (isInName(tenantName(0), term)) found.push("tenant.id");
    if (ofUser || ofProduct || this.#paths.some((parts) => straddles(parts, term))) found.push("url.path");
    return [...new Set(found)];
  }
}

/** Whether a name of this kind, letters and then a number, may have `term` in it. */
function isInName(example: string, term: string): boolean {
  const prefix = example.replace(/\d+$/, "");
  const digits = /\d*$/.exec(term)?.[0] ?? "";
  const letters = term.slice(0, term.length - digits.length);
  return digits === "" ? prefix.includes(letters) : prefix.endsWith(letters);
}
