/**
 * Field notes on what looks at a system from outside, or asks it how it is: probes, health checks, browsers. Sources: Beyer
 * et al., "Site Reliability Engineering", ch. 6 (white-box and black-box); kubernetes.io/docs on probes; web.dev/vitals.
 */
import type { FieldNote } from "./note.js";

export const PROBES: FieldNote = {
  title: "Probes: the view from outside",
  picture: "probe",
  pictureText:
    "Dots at equal distances along a line, the last three crossed out, while another line has no users at all.",
  paragraphs: [
    "A probe asks the same thing at fixed times from a fixed place, whether users come or not. It tells of an outage at night, and of the way to the system: names, certificates, the network.",
    "It asks one thing as one user. A fault that hits some users, a region or a large basket may never meet it: probes that are well prove little.",
    "One region that fails points to the way from there; all of them to the system itself. The phase that grew says where: a slow first byte is the server, a slow connection is not.",
  ],
  here: "Compare regions first, then the phases, then the traces of those that failed.",
};

export const HEALTH_CHECKS: FieldNote = {
  title: "Live, ready, and neither",
  picture: "checks",
  pictureText:
    "Three boxes: one answers and serves, one answers and is taken out of the rotation, one is started again.",
  paragraphs: [
    "A process that fails its liveness check is started again; one that is not ready gets no traffic. The first cures a hang, the second protects those who call.",
    "A check that asks a dependency takes every instance out at once when that one is slow. Restarts in a loop are often a check that is too strict, not a broken process.",
    "Well by its checks is not well for its users: a check has a path of its own, and seldom waits for the pool that is full.",
  ],
  here: "Compare when processes became unwell with when users were hurt: the checks may follow the pain, or cause it.",
};

export const VITALS_NOTE: FieldNote = {
  title: "Core Web Vitals",
  picture: "vitals",
  pictureText:
    "Three scales from good to poor for loading, answering and standing still, each with a mark at three quarters.",
  paragraphs: [
    "LCP: when the largest thing is there; good up to 2.5 s. INP: how soon a press shows something; good up to 200 ms. CLS: how much the page jumps; good up to 0.1. TTFB is the server's part of all of them.",
    "They are judged at the 75th percentile of page views: three of four users have it at least as well. A mean would hide the slow phones.",
    "A vital that is worse while TTFB is not is the page's own doing: a script, an image, a new version in the browser.",
  ],
  here: "Group by version, region and device: the one whose groups differ is where to look.",
};
