/**
 * Answers about page views as browsers reported them: Web Vitals by page, region, device, version or language, over
 * time, and the sessions in which something went wrong. What a page view was of follows from its request.
 */
import { PAGE_ABANDONED, PAGE_ANSWERED, PAGE_FAILED, type PageViewTable } from "../sim/page-view-table.js";
import { PageDevices } from "../sim/page-devices.js";
import { type RequestDraws, userName, type UserProperty } from "../sim/request-draws.js";
import type { BrowserSpec } from "../topology/browser-spec.js";
import type {
  RumAnswer,
  RumDimension,
  RumFigures,
  RumRequest,
  RumSession,
  VitalFigures,
  VitalName,
} from "../wire/rum.js";
import { VITALS } from "../wire/rum.js";

const STEPS_MAX = 60;
const STEP_US_MIN = 15_000_000;
const SESSIONS_MAX = 50;
/** What an outcome is when its flag of a failed script is taken off. */
const OUTCOME_MASK = 3;
const SCRIPT_FAILED = 4;
/** Of a property that the load does not declare. */
const UNKNOWN = "not reported";

export interface PageViewSource {
  readonly browser: BrowserSpec | undefined;
  readonly draws: RequestDraws;
  /** A living world may go on in another one. */
  readonly table: () => PageViewTable;
  readonly recordedFromUs: number;
  /** By page of the browser spec: for how long users put up with waiting for it. */
  readonly patienceUs: ArrayLike<number>;
  traceId(request: number): string;
}

interface View {
  readonly request: number;
  readonly page: string;
  readonly failed: boolean;
  readonly abandoned: boolean;
  /** Answered well, and later than its users put up with. */
  readonly slow: boolean;
  readonly scriptError: boolean;
  readonly vitals: Readonly<Record<VitalName, number>>;
}

type Dimensions = Readonly<Record<RumDimension, (view: View) => string>>;

export class PageViewStore {
  readonly #source: PageViewSource;
  readonly #devices: PageDevices;
  readonly #of: Dimensions;

  constructor(source: PageViewSource) {
    this.#source = source;
    const { draws } = source;
    this.#devices = new PageDevices(draws, source.browser?.devices ?? []);
    const property = (name: UserProperty, request: number): string => {
      const place = draws.propertyOf(name, request);
      return place < 0 ? UNKNOWN : (draws.properties[name]?.names[place] ?? UNKNOWN);
    };
    this.#of = {
      page: ({ page }) => page,
      region: ({ request }) => draws.regionOf(request),
      device: ({ request }) => this.#deviceOf(request),
      version: ({ request }) => property("appVersion", request),
      locale: ({ request }) => property("locale", request),
    };
  }

  answer({ fromUs, toUs, by, filters }: RumRequest): RumAnswer {
    const stepUs = Math.max(1, Math.ceil((toUs - fromUs) / STEPS_MAX / STEP_US_MIN)) * STEP_US_MIN;
    const total = new Figures();
    const groups = new Map<string, Figures>();
    const steps = new Map<number, Figures>();
    const sessions = new Map<string, Session>();
    this.#visit(fromUs, toUs, (view, atUs) => {
      if (!this.#passes(view, filters)) return;
      total.add(view);
      figuresOf(groups, this.#of[by](view)).add(view);
      figuresOf(steps, Math.ceil(atUs / stepUs) * stepUs).add(view);
      this.#addSession(sessions, view, atUs);
    });
    const unwell = [...sessions.values()].filter((session) => troubleOf(session) > 0);
    return {
      declared: this.#source.browser !== undefined,
      sinceUs: this.#source.recordedFromUs,
      sampleRatio: this.#source.browser?.sampleRatio ?? 0,
      total: total.result(),
      groups: [...groups]
        .map(([name, figures]) => ({ name, figures: figures.result() }))
        .sort((a, b) => b.figures.views - a.figures.views || (a.name < b.name ? -1 : 1)),
      stepUs,
      steps: [...steps].sort(([a], [b]) => a - b).map(([end, figures]) => ({ toUs: end, figures: figures.result() })),
      sessions: unwell
        .sort(worseFirst)
        .slice(0, SESSIONS_MAX)
        .map((session) => this.#sessionOf(session)),
      sessionsTotal: unwell.length,
      values: this.#values(),
    };
  }

  #visit(fromUs: number, toUs: number, take: (view: View, atUs: number) => void): void {
    const { browser } = this.#source;
    if (browser === undefined) return;
    const table = this.#source.table();
    for (let row = firstFrom(table, fromUs); row < table.rows; row++) {
      const chunk = table.chunkAt(row);
      const at = table.placeOf(row);
      if (chunk.atUs[at] > toUs) return;
      const outcome = chunk.outcome[at] & OUTCOME_MASK;
      take(
        {
          request: chunk.request[at],
          page: browser.pages[chunk.page[at]].id,
          failed: outcome === PAGE_FAILED,
          abandoned: outcome === PAGE_ABANDONED,
          slow: outcome === PAGE_ANSWERED && chunk.ttfbUs[at] > this.#source.patienceUs[chunk.page[at]],
          scriptError: (chunk.outcome[at] & SCRIPT_FAILED) !== 0,
          vitals: {
            ttfb: outcome === PAGE_ABANDONED ? 0 : chunk.ttfbUs[at],
            lcp: chunk.lcpUs[at],
            inp: chunk.inpUs[at],
            cls: chunk.clsMillionths[at],
          },
        },
        chunk.atUs[at],
      );
    }
  }

  #passes(view: View, filters: RumRequest["filters"]): boolean {
    return Object.entries(filters).every(([name, value]) => this.#of[name as RumDimension](view) === value);
  }

  #addSession(sessions: Map<string, Session>, view: View, atUs: number): void {
    const { draws } = this.#source;
    const key = `${String(draws.userOf(view.request))} ${draws.sessionOf(view.request)}`;
    let session = sessions.get(key);
    if (session === undefined)
      sessions.set(
        key,
        (session = { views: 0, failed: 0, abandoned: 0, slow: 0, scriptErrors: 0, lastUs: 0, worst: view }),
      );
    session.views++;
    session.failed += Number(view.failed);
    session.abandoned += Number(view.abandoned);
    session.slow += Number(view.slow);
    session.scriptErrors += Number(view.scriptError);
    session.lastUs = atUs;
    if (view.failed || view.abandoned || view.slow || view.scriptError) session.worst = view;
  }

  #sessionOf({ worst, ...session }: Session): RumSession {
    const { draws } = this.#source;
    const { request } = worst;
    const version = this.#of.version(worst);
    return {
      ...session,
      session: draws.sessionOf(request),
      user: userName(draws.userOf(request)),
      region: this.#of.region(worst),
      device: this.#deviceOf(request),
      ...(version === UNKNOWN ? {} : { version }),
      page: worst.page,
      traceId: this.#source.traceId(request),
    };
  }

  #deviceOf(request: number): string {
    const { devices } = this.#devices;
    return devices.length === 0 ? UNKNOWN : devices[this.#devices.of(request)].name;
  }

  #values(): RumAnswer["values"] {
    const { browser, draws } = this.#source;
    const names = (property: UserProperty): readonly string[] => draws.properties[property]?.names ?? [];
    return {
      page: (browser?.pages ?? []).map(({ id }) => id),
      region: draws.regionNames,
      device: (browser?.devices ?? []).map(({ name }) => name),
      version: names("appVersion"),
      locale: names("locale"),
    };
  }
}

interface Session {
  views: number;
  failed: number;
  abandoned: number;
  slow: number;
  scriptErrors: number;
  lastUs: number;
  worst: View;
}

const troubleOf = ({ failed, abandoned, slow, scriptErrors }: Session): number =>
  failed + abandoned + slow + scriptErrors;

const worseFirst = (a: Session, b: Session): number => troubleOf(b) - troubleOf(a) || b.lastUs - a.lastUs;

function figuresOf<Key>(groups: Map<Key, Figures>, key: Key): Figures {
  let figures = groups.get(key);
  if (figures === undefined) groups.set(key, (figures = new Figures()));
  return figures;
}

class Figures {
  #views = 0;
  #failed = 0;
  #abandoned = 0;
  #slow = 0;
  #scriptErrors = 0;
  readonly #measured: Readonly<Record<VitalName, number[]>> = { lcp: [], inp: [], cls: [], ttfb: [] };

  add({ failed, abandoned, slow, scriptError, vitals }: View): void {
    this.#views++;
    this.#failed += Number(failed);
    this.#abandoned += Number(abandoned);
    this.#slow += Number(slow);
    this.#scriptErrors += Number(scriptError);
    // 0 is what was not painted.
    for (const { name } of VITALS) if (vitals[name] > 0) this.#measured[name].push(vitals[name]);
  }

  result(): RumFigures {
    const vitals: Partial<Record<VitalName, VitalFigures>> = {};
    for (const { name, good, poor } of VITALS) {
      const values = this.#measured[name].sort((a, b) => a - b);
      if (values.length === 0) continue;
      vitals[name] = {
        p75: values[Math.ceil(values.length * 0.75) - 1],
        good: values.filter((value) => value <= good).length / values.length,
        poor: values.filter((value) => value > poor).length / values.length,
        measured: values.length,
      };
    }
    return {
      views: this.#views,
      failed: this.#failed,
      abandoned: this.#abandoned,
      slow: this.#slow,
      scriptErrors: this.#scriptErrors,
      vitals,
    };
  }
}

/** First row that was reported at `atUs` or later; rows ascend by time. */
function firstFrom(table: PageViewTable, atUs: number): number {
  let low = 0;
  let high = table.rows;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (table.chunkAt(middle).atUs[table.placeOf(middle)] < atUs) low = middle + 1;
    else high = middle;
  }
  return low;
}
