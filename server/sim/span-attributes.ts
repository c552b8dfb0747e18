/**
 * Attributes of a span, rendered from its row and the keys of its request when somebody reads it. Names are those of
 * OpenTelemetry's semantic conventions where there is one, `app.*` where there is none. Durations are milliseconds.
 */
import type { Model, SpanSite } from "../topology/model-types.js";
import { FAILURE_ATTRIBUTES, failureAttribute, failureAttributes } from "./failure-words.js";
import { productName, type RequestDraws, tenantName, type UserProperty, userName } from "./request-draws.js";
import { triesOf } from "./resilience/hedges.js";
import { SPAN_STATUSES, type SpanStatus } from "./span-status.js";
import { SPAN_CHUNK_MASK, type SpanChunk, type SpanTable } from "./span-table.js";
import type { VersionHistory } from "./version-history.js";

type Attributes = Record<string, string | number | boolean>;

/** One row in view. */
interface SpanView {
  readonly chunk: SpanChunk;
  readonly at: number;
  readonly site: SpanSite;
  readonly status: SpanStatus;
  readonly request: number;
}

/** All attributes of an ended span, static ones included. Without `versions` there is no `service.version`. */
export function attributesOf(
  model: Model,
  draws: RequestDraws,
  table: SpanTable,
  row: number,
  versions?: VersionHistory,
): Readonly<Attributes> {
  const chunk = table.chunkAt(row);
  const at = row & SPAN_CHUNK_MASK;
  const site = model.sites[chunk.site[at]];
  const span: SpanView = { chunk, at, site, status: SPAN_STATUSES[chunk.status[at]], request: chunk.request[at] };
  const instance = chunk.instance[at];
  const attributes: Attributes = { ...site.attributes, "service.instance.id": model.instances[instance].name };
  if (versions !== undefined) attributes["service.version"] = versions.versionAt(instance, chunk.startUs[at]);
  BY_KIND[site.kind](attributes, span, model, draws);
  addOutcome(attributes, span);
  return attributes;
}

/** One attribute of an ended span, which is some ten times faster than all of them where it is one of a request. */
export function attributeOf(
  model: Model,
  draws: RequestDraws,
  table: SpanTable,
  row: number,
  name: string,
  versions?: VersionHistory,
): string | number | boolean | undefined {
  const chunk = table.chunkAt(row);
  const at = row & SPAN_CHUNK_MASK;
  const site = model.sites[chunk.site[at]];
  const { kind } = site;
  if (name === "service.instance.id") return model.instances[chunk.instance[at]].name;
  if (name === "url.path") {
    const template = kind === "server" ? site.attributes["http.route"] : site.attributes["url.template"];
    return kind === "server" || kind === "client" ? pathOf(template, chunk.request[at], draws) : undefined;
  }
  if (Object.hasOwn(site.attributes, name)) return site.attributes[name];
  const kinds = KINDS_WITH.get(name);
  if (kinds?.includes(kind) === false) return undefined;
  const ofRow = OF_ROWS.get(name);
  if (ofRow !== undefined) return ofRow(chunk, at, site);
  if (name === "service.version") return versions?.versionAt(chunk.instance[at], chunk.startUs[at]);
  if (kinds === undefined) return undefined;
  // Of probes and other automated clients not every request has them.
  const ofRequest = OF_REQUESTS.get(name);
  if (ofRequest !== undefined && !draws.numbers.special) return ofRequest(draws, chunk.request[at]);
  const attributes = attributesOf(model, draws, table, row, versions);
  return Object.hasOwn(attributes, name) ? attributes[name] : undefined;
}

/** Every name that an attribute of the model's spans may have. */
export function attributeNames(model: Pick<Model, "sites">): readonly string[] {
  const fixed = model.sites.flatMap(({ attributes }) => Object.keys(attributes));
  const own = ["service.instance.id", "service.version", "url.path"];
  return [...new Set([...fixed, ...own, ...OF_ROWS.keys(), ...KINDS_WITH.keys()])];
}

type OfRow = (chunk: SpanChunk, at: number, site: SpanSite) => string | number | undefined;

const positive = (value: number): number | undefined => (value > 0 ? value : undefined);
const waitMs: OfRow = (chunk, at) => (chunk.waitUs[at] > 0 ? chunk.waitUs[at] / 1_000 : undefined);
const statusOf = (chunk: SpanChunk, at: number): SpanStatus => SPAN_STATUSES[chunk.status[at]];

/** Attributes that stand in the row itself. */
const OF_ROWS: ReadonlyMap<string, OfRow> = new Map<string, OfRow>([
  ["app.worker.wait_ms", waitMs],
  ["messaging.message.age_ms", waitMs],
  ["app.pool.wait_ms", waitMs],
  ["http.request.resend_count", (chunk, at) => positive(triesOf(chunk.attempt[at]).retry)],
  ["app.call.hedge", (chunk, at) => positive(triesOf(chunk.attempt[at]).hedge)],
  ["app.item.index", (chunk, at) => positive(chunk.ordinal[at])],
  [
    "http.response.status_code",
    (chunk, at, { attributes }) =>
      "http.request.method" in attributes ? positive(statusOf(chunk, at).httpStatus) : undefined,
  ],
  ...FAILURE_ATTRIBUTES.map((name): [string, OfRow] => [
    name,
    (chunk, at, site) => (statusOf(chunk, at).failed ? failureAttribute(site, statusOf(chunk, at), name) : undefined),
  ]),
]);

/** Attributes that spans of some kinds have only. */
const OF_CALLS: readonly SpanSite["kind"][] = ["client", "producer"];
const OF_USERS: readonly SpanSite["kind"][] = ["server", "consumer"];

const KINDS_WITH: ReadonlyMap<string, readonly SpanSite["kind"][]> = new Map<string, readonly SpanSite["kind"][]>([
  ["db.response.returned_rows", ["client"]],
  ["app.worker.wait_ms", ["server"]],
  ["messaging.message.age_ms", ["consumer"]],
  ["app.pool.wait_ms", OF_CALLS],
  ["http.request.resend_count", OF_CALLS],
  ["app.call.hedge", OF_CALLS],
  ["app.item.index", OF_CALLS],
  ...[
    "user.id",
    "session.id",
    "app.cart.items",
    "app.product.id",
    "app.region",
    "tenant.id",
    "tenant.plan",
    "device.type",
    "app.version",
    "user.locale",
    "user_agent.synthetic.type",
    "app.probe",
  ].map((name): [string, readonly SpanSite["kind"][]] => [name, OF_USERS]),
]);

type OfRequest = (draws: RequestDraws, request: number) => string | number | undefined;

const OF_REQUESTS: ReadonlyMap<string, OfRequest> = new Map<string, OfRequest>([
  ["user.id", (draws, request) => userName(draws.userOf(request))],
  ["session.id", (draws, request) => draws.sessionOf(request)],
  ["app.region", (draws, request) => draws.regionOf(request)],
  ["tenant.id", (draws, request) => (draws.tenantOf(request) < 0 ? undefined : tenantName(draws.tenantOf(request)))],
  ["app.cart.items", (draws, request) => draws.basketOf(request)],
  ["app.product.id", (draws, request) => productName(draws.productOf(request))],
]);

type AddAttributes = (attributes: Attributes, span: SpanView, model: Model, draws: RequestDraws) => void;

const BY_KIND: Readonly<Record<SpanSite["kind"], AddAttributes>> = {
  server: (attributes, span, _model, draws) => {
    addRequest(attributes, span, draws);
    addPath(attributes, span.site.attributes["http.route"], span, draws);
    addWait(attributes, "app.worker.wait_ms", span);
  },
  consumer: (attributes, span, _model, draws) => {
    addRequest(attributes, span, draws);
    addWait(attributes, "messaging.message.age_ms", span);
  },
  client: (attributes, span, model, draws) => {
    addPath(attributes, span.site.attributes["url.template"], span, draws);
    addWait(attributes, "app.pool.wait_ms", span);
    addAttempt(attributes, span);
    addRows(attributes, span, model, draws);
  },
  producer: (attributes, span) => {
    addWait(attributes, "app.pool.wait_ms", span);
    addAttempt(attributes, span);
  },
  internal: () => undefined,
};

function addRequest(attributes: Attributes, { request }: SpanView, draws: RequestDraws): void {
  if (draws.numbers.special && !draws.isPerson(request)) {
    attributes["user_agent.synthetic.type"] = draws.isBot(request) ? "bot" : "test";
  }
  const probe = draws.numbers.special ? draws.numbers.probeOf(request) : -1;
  if (probe >= 0) attributes["app.probe"] = draws.probeNames[probe];
  else addUser(attributes, request, draws);
  // A probe is nobody, but it has a basket like anyone.
  attributes["app.cart.items"] = draws.basketOf(request);
  attributes["app.product.id"] = productName(draws.productOf(request));
}

function addUser(attributes: Attributes, request: number, draws: RequestDraws): void {
  attributes["user.id"] = userName(draws.userOf(request));
  attributes["session.id"] = draws.sessionOf(request);
  attributes["app.region"] = draws.regionOf(request);
  addDeclared(attributes, request, draws);
}

/** What the topology declares about users. */
function addDeclared(attributes: Attributes, request: number, draws: RequestDraws): void {
  const tenant = draws.tenantOf(request);
  if (tenant >= 0) {
    attributes["tenant.id"] = tenantName(tenant);
    attributes["tenant.plan"] = draws.planOf(tenant);
  }
  for (const [name, property] of DECLARED) {
    const place = draws.propertyOf(property, request);
    if (place >= 0) attributes[name] = draws.properties[property]?.names[place] ?? "";
  }
}

const DECLARED: readonly (readonly [string, UserProperty])[] = [
  ["device.type", "device"],
  ["app.version", "appVersion"],
  ["user.locale", "locale"],
];

/** The path that the template stands for: every `{name}` or `:name` is the request's product, or its user's id. */
function addPath(
  attributes: Attributes,
  template: string | undefined,
  { request }: SpanView,
  draws: RequestDraws,
): void {
  const path = pathOf(template, request, draws);
  if (path !== undefined) attributes["url.path"] = path;
}

function pathOf(template: string | undefined, request: number, draws: RequestDraws): string | undefined {
  if (template === undefined || !/[{:]/.test(template)) return template;
  return template.replace(
    /\{([^}]+)\}|:([A-Za-z]+)/g,
    (_match, braced: string | undefined, plain: string | undefined) =>
      /user/i.test(braced ?? plain ?? "") ? userName(draws.userOf(request)) : productName(draws.productOf(request)),
  );
}

function addWait(attributes: Attributes, name: string, { chunk, at }: SpanView): void {
  if (chunk.waitUs[at] > 0) attributes[name] = chunk.waitUs[at] / 1_000;
}

function addAttempt(attributes: Attributes, { chunk, at }: SpanView): void {
  const { retry, hedge } = triesOf(chunk.attempt[at]);
  if (retry > 0) attributes["http.request.resend_count"] = retry;
  if (hedge > 0) attributes["app.call.hedge"] = hedge;
  if (chunk.ordinal[at] > 0) attributes["app.item.index"] = chunk.ordinal[at];
}

function addRows(attributes: Attributes, { site, status, request }: SpanView, model: Model, draws: RequestDraws): void {
  if (site.query < 0 || status.failed) return;
  const { rows } = model.queries[site.query];
  attributes["db.response.returned_rows"] = rows < 0 ? draws.basketOf(request) : rows;
}

function addOutcome(attributes: Attributes, { site, status }: SpanView): void {
  const http = "http.request.method" in site.attributes;
  if (http && status.httpStatus !== 0) attributes["http.response.status_code"] = status.httpStatus;
  if (status.failed) Object.assign(attributes, failureAttributes(site, status));
}
