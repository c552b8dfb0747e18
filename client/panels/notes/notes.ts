/**
 * Field notes: what every view is read with, one short page each. Figures in them are definitions, not advice for a
 * scenario. Sources: Wilkie (RED), Gregg (USE), Beyer et al., "Site Reliability Engineering" (golden signals, objectives)
 * and "The Site Reliability Workbook" (burn rates).
 */
import { CRITICAL_PATH, EXEMPLARS, FLAME, HEATMAP } from "./drawing-notes.js";
import type { FieldNote } from "./note.js";
import { HEALTH_CHECKS, PROBES, VITALS_NOTE } from "./outside-notes.js";

const RED: FieldNote = {
  title: "RED: for what serves requests",
  picture: "red",
  pictureText: "Three small charts: the rate stays level, errors step up, the tail of the duration rises with them.",
  paragraphs: [
    "Rate, errors, duration: how many requests, how many of them fail, how long they take. They are what users feel, so they come first, service by service from the edge inwards.",
    "Failed requests are often fast. Look at the duration of good and bad ones apart, or a wave of quick failures makes the service look well.",
  ],
  here: "Find the first service, from the users inwards, whose own three figures have changed.",
};

const USE: FieldNote = {
  title: "USE: for what is used up",
  picture: "use",
  pictureText: "A bar that is nearly full with a queue of squares that waits before it.",
  paragraphs: [
    "Utilisation, saturation, errors: how busy a resource is, how much waits for it, whether it fails. Workers, pools, processors, disks and connections are resources.",
    "Saturation is the one that hurts. At 90 % busy a queue is nine times as long as at 50 %; a pool with waiters is full, whatever its mean says.",
  ],
  here: "Name the resource that the slow or failing service waits for, and then who holds it.",
};

const GOLDEN: FieldNote = {
  title: "The four golden signals",
  picture: "golden",
  pictureText: "Four small lines: latency, traffic, errors and saturation, the last one rising towards a limit.",
  paragraphs: [
    "Latency, traffic, errors and saturation: what users feel, and how full the system is. The fourth tells of trouble before the others do.",
    "A change of traffic explains many changes of the others. Divide by it before you compare two times.",
  ],
  here: "Read all four over the same hour, beside the changes on the ribbon below.",
};

const PERCENTILES: FieldNote = {
  title: "Percentiles, and why not the mean",
  picture: "percentiles",
  pictureText:
    "A distribution with a long tail: the median lies in its hump, the mean to the right of it, p99 far out.",
  paragraphs: [
    "Half of all requests are quicker than p50; one in a hundred is slower than p99. Users make many requests, so most of them meet the tail.",
    "Percentiles of instances can not be averaged. Sum the buckets first, then take the quantile: histogram_quantile(0.99, sum by (le) (rate(…_bucket[5m]))). Within a bucket the answer is a guess.",
    "When p99 moves and p50 does not, some requests are different. Find out what they share.",
  ],
  here: "Look at p50 and p99 together; then compare the slow ones with the rest (b).",
};

const BURN: FieldNote = {
  title: "Burn rates",
  picture: "burn",
  pictureText: "An error budget that runs down slowly at burn rate 1, and at 14 in two days of thirty.",
  paragraphs: [
    "An objective of 99.9 % allows one failure in a thousand: the budget. Burn rate 1 spends it in exactly the window of the objective; 14.4 spends 2 % of thirty days in one hour.",
    "A page wants a fast burn in a long window and in a short one: the long says that it matters, the short that it goes on.",
  ],
  here: "Take the shortest window that still burns: it says whether your action has helped.",
};

const SAMPLING: FieldNote = {
  title: "Sampling: what you do not see",
  picture: "sampling",
  pictureText: "Ten traces, of which three are drawn solid and seven dashed: those were not kept.",
  paragraphs: [
    "A collector that keeps one trace in ten shows shares rightly and counts a tenth. A rare failure may not be among them at all.",
    "No trace is no proof that nothing happened. Counters count everything: check there. A metric's exemplar is a trace that was kept.",
  ],
  here: "Compare by shares, not by counts, and mind the kept ratio beside the results.",
};

const WATERFALL: FieldNote = {
  title: "Reading a trace",
  picture: "waterfall",
  pictureText: "Bars under one another: a parent, a short child, and many equal children one after the other.",
  paragraphs: [
    "The critical path is the chain of spans without which the request would have ended sooner. Time off it can not be won.",
    "Mind how many spans there are as well as how long each is. Twenty short queries in a row are one slow request (N+1). A gap with nothing in it is work or waiting that nobody has instrumented.",
  ],
  here: "Open a slow trace and a quick one of the same minute, and look for what the quick one lacks.",
};

const LOGS: FieldNote = {
  title: "Patterns before lines",
  picture: "patterns",
  pictureText: "Many log lines folded into three patterns; one of them is marked as new.",
  paragraphs: [
    "A service writes the same few sentences again and again. Fold lines into patterns and ask which are new, which are gone, which have grown.",
    "The loudest error is often a consequence: who calls a slow service writes more than the slow service does. Go by time: who wrote first?",
  ],
  here: "Take errors and warnings, sort patterns by their change, then read one line of each with its trace.",
};

const CARDINALITY: FieldNote = {
  title: "Cardinality",
  picture: "cardinality",
  pictureText: "One metric that becomes three series by one label and a field of dots by a second one.",
  paragraphs: [
    "Every combination of label values is a series of its own. A label with an id of users in it makes a series for each user, and the server that scrapes them pays with memory.",
    "A metrics server that is out of memory does not answer, misses scrapes and rule evaluations, and is then silent: no data is not good news.",
  ],
  here: 'count by (__name__) ({__name__!=""}) lists the largest; topk(10, …) names who grew.',
};

const MAP_NOTE: FieldNote = {
  title: "Trouble travels upstream",
  picture: "upstream",
  pictureText: "Four services in a row; the last one is at fault, and the marks of pain grow towards the first.",
  paragraphs: [
    "A slow or failing dependency hurts whoever calls it, and theirs. The alert is at the edge, the cause is often several calls below.",
    "Follow the worst edge downwards until everything below is well. A retry multiplies calls on its way down; a full pool holds up callers who never needed the broken part.",
  ],
  here: "Show only errors, and step the time back to before the onset.",
};

const CHANGES_NOTE: FieldNote = {
  title: "What changed?",
  picture: "changes",
  pictureText: "A line that rises some minutes after the second of three marks.",
  paragraphs: [
    "Most incidents begin with a change, and most changes begin no incident. Near in time is a reason to look and no proof.",
    "A deploy goes out instance by instance, so its effect fades in. If an old instance is hurt as well, the new version is not why.",
  ],
  here: "Compare the two versions with one another (Compare, two versions), and ask what the change could not explain.",
};

const COMPARE_NOTE: FieldNote = {
  title: "Selection against baseline",
  picture: "compare",
  pictureText:
    "Two histograms of the same attribute, one over the other: they agree at the left and differ at the right.",
  paragraphs: [
    "Take what hurts as the selection and what is well as the baseline. An attribute that is spread alike in both is not the reason; one that is not is where to look next.",
    "Differences are shown beyond what chance would give to samples of that size. What the selection was made by differs of course, and stands apart.",
  ],
  here: "Include the value that stands out, and see what is left to tell the two apart.",
};

const HYPOTHESES: FieldNote = {
  title: "Hypotheses that can be wrong",
  picture: "hypotheses",
  pictureText: "A table of three hypotheses and four exhibits; one row has a mark that rules it out.",
  paragraphs: [
    "Write down what would prove each of them wrong, and look for that first. Evidence that fits all of them tells you nothing.",
    "Judge each exhibit for each hypothesis from −2 to +2. The one that is least contradicted stands, not the one with the most friends (Heuer, analysis of competing hypotheses).",
  ],
  here: "Before you submit, name one thing that does not fit.",
};

const ACTIONS_NOTE: FieldNote = {
  title: "Mitigate first",
  picture: "mitigate",
  pictureText: "Impact that falls steeply after an action, long before the cause is known.",
  paragraphs: [
    "Stop the bleeding with what can be undone: roll back, switch off, shed, scale. The cause can be found afterwards, on data that is kept.",
    "One action at a time, an indicator chosen before it, and a look after two minutes. Two at once and nobody knows which one helped.",
  ],
  here: "Read the plan, apply, and watch the card until the indicator has moved or two minutes are over.",
};

/** By id of the view; the first is the one that opens. */
const NOTES: ReadonlyMap<string, readonly FieldNote[]> = new Map([
  ["brief", [GOLDEN, ACTIONS_NOTE]],
  ["alerts", [BURN, GOLDEN]],
  ["slo", [BURN, PERCENTILES]],
  ["dashboards", [RED, USE, GOLDEN]],
  ["metrics", [PERCENTILES, CARDINALITY, HEATMAP, EXEMPLARS, RED]],
  ["logs", [LOGS, SAMPLING]],
  ["traces", [HEATMAP, SAMPLING, CRITICAL_PATH, PERCENTILES]],
  ["trace", [WATERFALL, CRITICAL_PATH, SAMPLING]],
  ["profiles", [FLAME, USE, COMPARE_NOTE]],
  ["compare", [COMPARE_NOTE, PERCENTILES, SAMPLING]],
  ["map", [MAP_NOTE, RED]],
  ["changes", [CHANGES_NOTE, COMPARE_NOTE]],
  ["health", [HEALTH_CHECKS, USE]],
  ["synthetics", [PROBES, SAMPLING]],
  ["rum", [VITALS_NOTE, PERCENTILES, SAMPLING]],
  ["telemetry", [SAMPLING, CARDINALITY]],
  ["actions", [ACTIONS_NOTE, BURN]],
  ["notebook", [HYPOTHESES]],
  ["submit", [HYPOTHESES, CHANGES_NOTE]],
]);

const GENERAL: readonly FieldNote[] = [RED, USE, GOLDEN];

/** Whether a view has notes of its own. */
export const hasNotes = (view: string): boolean => NOTES.has(view);

/** Notes of a view, most to the point first; never empty. */
export const notesOf = (view: string): readonly FieldNote[] => NOTES.get(view) ?? GENERAL;
