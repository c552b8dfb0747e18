/**
 * The browsers of users: each answer of the edge that is a page becomes a page view with its measurements, a row of the
 * table of page views and a count in the histograms that the metrics server scrapes. A slow or failing service shows
 * because the server's time of this very request is part of it.
 */
import { combine, uniform } from "../base/draw.js";
import { MICROS_PER_SECOND } from "../base/time.js";
import type { BrowserMetrics } from "../topology/audience-layout.js";
import { CLS_BOUNDS, INP_BOUNDS_US, LCP_BOUNDS_US, TTFB_BOUNDS_US } from "../topology/audience-layout.js";
import type { AccessNetworkSpec, BrowserSpec } from "../topology/browser-spec.js";
import type { Model } from "../topology/model-types.js";
import type { MetricCounts } from "./metric-counts.js";
import { PageDevices } from "./page-devices.js";
import { PAGE_ABANDONED, PAGE_ANSWERED, PAGE_FAILED, type PageViewTable } from "./page-view-table.js";
import type { RequestDraws } from "./request-draws.js";
import { Segments } from "./segments.js";
import { STATUS_OK } from "./span-status.js";
import type { UserDistances } from "./user-distances.js";
import { NO_STRAIN, type PageStrain, WebVitals } from "./web-vitals.js";

const FOR_WAY_THERE = 604;
const FOR_WAY_BACK = 605;
const FOR_NETWORK = 641;
const FOR_SAMPLING = 642;
const FOR_LEAVING = 644;

/**
 * Nobody leaves before the journey's patience is over; of those who go on waiting 5.8 % leave with each further second.
 * Source: S. Krishnan & R. Sitaraman, Video Stream Quality Impacts Viewer Behavior (IMC 2012): the rate of giving up after
 * the delay that everybody bears. To be past one's patience is a bad experience already, which is what counts users hurt.
 */
const LEAVING_PER_SECOND = 0.058;

const SCRIPT_FAILED = 4;

const journeyOf = (model: Model, id: string) => model.journeys.find(({ spec }) => spec.id === id);

/** By page of the browser spec: for how long users put up with waiting for it, µs. */
export const pagePatienceUs = (model: Model): Float64Array =>
  Float64Array.from(
    model.topology.browser?.pages ?? [],
    ({ journey }) => journeyOf(model, journey)?.spec.patience ?? Infinity,
  );

export class PageViews {
  /** By page · devices + device: what faults do to it. Written by effects. */
  readonly strains: PageStrain[];
  readonly #browser: BrowserSpec | undefined;
  readonly #metrics: BrowserMetrics | undefined;
  readonly #valuesFrom: number;
  readonly #pageOfOperation: Int32Array;
  readonly #patienceUs: Float64Array;
  readonly #networks: Segments;
  readonly #devices: PageDevices;
  /** Made with the first page view: most worlds have none. */
  #made: WebVitals | undefined;

  constructor(
    readonly model: Model,
    readonly draws: RequestDraws,
    readonly distances: UserDistances,
    readonly counts: MetricCounts,
    readonly table: PageViewTable,
  ) {
    const { browser } = model.topology;
    this.#browser = browser;
    this.#metrics = model.browser?.metrics;
    this.#valuesFrom = model.browser === undefined ? 0 : model.targets[model.browser.target].valuesFrom;
    const pages = browser?.pages ?? [];
    this.#pageOfOperation = new Int32Array(model.operations.length).fill(-1);
    this.#patienceUs = pagePatienceUs(model);
    pages.forEach(({ journey }, page) => {
      const found = journeyOf(model, journey);
      if (found !== undefined) this.#pageOfOperation[found.operation] = page;
    });
    this.#networks = new Segments(browser?.networks ?? [], FOR_NETWORK);
    this.#devices = new PageDevices(draws, browser?.devices ?? []);
    this.strains = pages.flatMap(() => (browser?.devices ?? []).map(() => NO_STRAIN));
  }

  get present(): boolean {
    return this.#browser !== undefined;
  }

  get #vitals(): WebVitals {
    return (this.#made ??= new WebVitals(this.#browser?.newConnections ?? 0));
  }

  /** The edge has answered a request that is recorded; `row` is its span. */
  answered(request: number, operation: number, status: number, serverUs: number, row: number, nowUs: number): void {
    const page = this.#pageOfOperation[operation];
    if (page < 0 || this.#browser === undefined || !this.draws.isPerson(request)) return;
    const key = this.draws.keyOf(request);
    const { sampleRatio, devices, networks, pages } = this.#browser;
    if (sampleRatio < 1 && uniform(combine(key, FOR_SAMPLING)) >= sampleRatio) return;
    const userKey = combine(this.draws.keys.requests, this.draws.userOf(request));
    const device = this.#devices.of(request);
    const network = this.#networks.of(userKey);
    const region = this.draws.regionIndexOf(request);
    const wayUs =
      this.distances.oneWayUs(region, key, FOR_WAY_THERE) + this.distances.oneWayUs(region, key, FOR_WAY_BACK);
    const strain = this.strains[page * devices.length + device];
    this.#vitals.measure(key, pages[page], devices[device], networks[network], strain, wayUs, serverUs);
    this.#keep(request, page, device, status, row, nowUs);
    this.#countNavigation(region, networks, network, row);
  }

  #keep(request: number, page: number, device: number, status: number, row: number, nowUs: number): void {
    const vitals = this.#vitals;
    const abandoned = this.#leaves(request, vitals.ttfbUs - this.#patienceUs[page]);
    const outcome = abandoned ? PAGE_ABANDONED : status === STATUS_OK ? PAGE_ANSWERED : PAGE_FAILED;
    const painted = outcome === PAGE_ANSWERED;
    const at = this.table.append();
    const chunk = this.table.chunkAt(at);
    const place = this.table.placeOf(at);
    chunk.atUs[place] = nowUs;
    chunk.request[place] = request;
    chunk.ttfbUs[place] = vitals.ttfbUs;
    chunk.lcpUs[place] = painted ? vitals.lcpUs : 0;
    chunk.inpUs[place] = painted ? vitals.inpUs : 0;
    chunk.clsMillionths[place] = painted ? vitals.clsMillionths : 0;
    chunk.page[place] = page;
    // The scripts of a page that was answered with an error find nothing of what they expect.
    const scriptFailed = outcome === PAGE_FAILED || (painted && vitals.scriptError);
    chunk.outcome[place] = outcome + (scriptFailed ? SCRIPT_FAILED : 0);
    this.#count(page, device, outcome, scriptFailed, row);
  }

  /** Whether the user has left before the first byte, which came so long after their patience was over. */
  #leaves(request: number, overUs: number): boolean {
    if (overUs <= 0) return false;
    const staying = (1 - LEAVING_PER_SECOND) ** (overUs / MICROS_PER_SECOND);
    return uniform(combine(this.draws.keyOf(request), FOR_LEAVING)) >= staying;
  }

  #count(page: number, device: number, outcome: number, scriptFailed: boolean, row: number): void {
    const metrics = this.#metrics?.pages[page][device];
    if (metrics === undefined) return;
    const { raw } = this.counts;
    const from = this.#valuesFrom;
    raw[from + metrics.views]++;
    if (outcome === PAGE_FAILED) raw[from + metrics.failed]++;
    if (outcome === PAGE_ABANDONED) raw[from + metrics.abandoned]++;
    if (scriptFailed) raw[from + metrics.scriptErrors]++;
    const { ttfbUs, lcpUs, inpUs, clsMillionths } = this.#vitals;
    if (outcome !== PAGE_ABANDONED) this.counts.observe(from + metrics.ttfb, TTFB_BOUNDS_US, ttfbUs, row);
    if (outcome !== PAGE_ANSWERED) return;
    this.counts.observe(from + metrics.lcp, LCP_BOUNDS_US, lcpUs, row);
    this.counts.observe(from + metrics.inp, INP_BOUNDS_US, inpUs, row);
    this.counts.observe(from + metrics.cls, CLS_BOUNDS, clsMillionths, row);
  }

  #countNavigation(region: number, networks: readonly AccessNetworkSpec[], network: number, row: number): void {
    const blocks = this.#metrics?.navigation[region][network];
    if (blocks === undefined || networks.length === 0) return;
    const { dnsUs, tcpUs, tlsUs, requestUs } = this.#vitals;
    const from = this.#valuesFrom;
    this.counts.observe(from + blocks[0], TTFB_BOUNDS_US, dnsUs, row);
    this.counts.observe(from + blocks[1], TTFB_BOUNDS_US, tcpUs, row);
    this.counts.observe(from + blocks[2], TTFB_BOUNDS_US, tlsUs, row);
    this.counts.observe(from + blocks[3], TTFB_BOUNDS_US, requestUs, row);
  }
}
