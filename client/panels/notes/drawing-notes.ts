/**
 * Field notes on drawings that have to be learned: flame graphs, critical paths, heatmaps, exemplars. Sources: Gregg, "The
 * Flame Graph" (2016) and "Visualizing System Latency" (2010); Zhang et al., "CRISP" (2022), for critical paths of many.
 */
import type { FieldNote } from "./note.js";

export const FLAME: FieldNote = {
  title: "Flame graphs",
  picture: "flame",
  pictureText:
    "Boxes over boxes: a wide one at the top calls two below it, of which the left one is wide down to its end.",
  paragraphs: [
    "Every box is a function, what it called lies below it, and its width is how much of the whole was spent in it and in those. Left and right say nothing about time: the heaviest stands left.",
    "Look for wide boxes with nothing below them: there the time is spent. A wide box with a wide one below it only passes it on.",
    "A processor profile shows who computes. Who waits for a lock, a pool or another service is in the wall clock and in the locks, and hardly in the processor's.",
  ],
  here: "Take the wall clock where a service is slow and its processors are idle; compare with the time before (a).",
};

export const CRITICAL_PATH: FieldNote = {
  title: "Critical paths",
  picture: "criticalPath",
  pictureText:
    "A parent bar with two children at once: the path runs through the longer child and leaves the shorter one out.",
  paragraphs: [
    "Of calls that run side by side only the one that ends last holds the request up. Making the others quicker wins nothing.",
    "The path of one trace explains one request. Over a set of them, the share of each operation says what a change there could win for all.",
  ],
  here: "Box the slow ones on the heatmap, then take the critical path of all and compare it with the time before.",
};

export const HEATMAP: FieldNote = {
  title: "Heatmaps, and what a percentile hides",
  picture: "heatmap",
  pictureText:
    "A dense band at the bottom over all of the time, and from the middle on a second, thinner band far above it.",
  paragraphs: [
    "A column is a slice of time, a row a band of durations, stronger is more. Nothing is averaged, so two kinds of requests stay two bands.",
    "A new band says that some requests go another way: a timeout gives a sharp line at its very length, a queue a cloud that rises, retries several lines at equal distances.",
  ],
  here: "Drag a box around what is new and compare it with the rest: what differs most is the way that they go.",
};

export const EXEMPLARS: FieldNote = {
  title: "Exemplars",
  picture: "exemplars",
  pictureText: "A line with diamonds above it; from one of them an arrow leads to a waterfall.",
  paragraphs: [
    "A histogram remembers single requests: for a bucket, the trace of one that fell into it. They are diamonds on the chart.",
    "They are examples and no sample: one that is high was slow, but how many were like it says only the histogram.",
  ],
  here: "Click a diamond far above the line and look for what a low one of the same minute lacks.",
};
