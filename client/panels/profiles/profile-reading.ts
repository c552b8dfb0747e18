/** A profile that is shown: its tree, what it is of, and its figures in words. Pure. */
import type { ProfileTree, ProfileTreeRequest } from "../../../server/wire/profile.js";
import { layoutFlame } from "../../charts/flame-layout.js";
import type { FlameLayout } from "../../charts/flame-layout.js";
import { differenceOf, functionRows, scaleOf } from "../../charts/flame-tree.js";
import type { Comparison, FlameTree, Scale } from "../../charts/flame-tree.js";
import { formatShare } from "../../charts/format.js";
import { changeText, differenceLook, leftHeavyFrames, moduleLook, timeOrderFrames } from "../../charts/stack-frames.js";
import type { StackDirection } from "../../charts/stack-frames.js";
import type { ExhibitParts } from "../../elements/pin-button.js";
import { kindOf } from "./profile-query.js";
import type { ProfileKindText } from "./profile-query.js";

export interface ProfileReading {
  /** Another one where anything below is another. */
  readonly key: string;
  readonly answer: ProfileTree;
  readonly tree: FlameTree;
  readonly request: ProfileTreeRequest;
  /** What is compared: shares of the whole, or rates. */
  readonly comparison: Comparison;
}

export const kindOfReading = ({ request }: ProfileReading): ProfileKindText => kindOf(request.kind);

/** What both sides are divided by; undefined where nothing is compared. `tree` may be a part of the profile. */
export function scaleFor({ answer, comparison }: ProfileReading, tree: FlameTree): Scale | undefined {
  if (!tree.compared) return undefined;
  return scaleOf(tree, comparison, { now: answer.seconds, before: answer.baselineSeconds ?? 1 });
}

/** Frames with the heaviest left. */
export function heaviestLeft(reading: ProfileReading, tree: FlameTree, direction: StackDirection): FlameLayout {
  const scale = scaleFor(reading, tree);
  return layoutFlame(leftHeavyFrames(tree, lookOf(tree, scale), { scale, direction }));
}

/** Frames in the order in which they were met. */
export const inOrderOfTime = (reading: ProfileReading): FlameLayout =>
  layoutFlame(
    timeOrderFrames(
      reading.tree,
      reading.answer.slices,
      reading.request,
      lookOf(reading.tree, scaleFor(reading, reading.tree)),
    ),
  );

const lookOf = (tree: FlameTree, scale: Scale | undefined): ReturnType<typeof moduleLook> =>
  scale === undefined ? moduleLook(tree) : differenceLook(tree, scale);

/** The innermost function of a path. */
export const functionOf = (id: string): string => id.slice(id.lastIndexOf(";") + 1).replace(/^\d+\//, "");

/** A frame in words: name, total and self with their shares, and the change. */
export function frameText(
  reading: ProfileReading,
  tree: FlameTree,
  { id, node }: { readonly id: string; readonly node: number },
): string {
  const { value: format } = kindOfReading(reading);
  const scale = scaleFor(reading, tree);
  const total = tree.total[node] ?? 0;
  const self = tree.self[node] ?? 0;
  const share = (value: number): string => formatShare(tree.sum === 0 ? 0 : value / tree.sum);
  const text = `${functionOf(id)}: total ${format(total)} (${share(total)}), self ${format(self)} (${share(self)})`;
  if (scale === undefined) return text;
  const { now, before } = differenceOf(total, tree.baselineTotal[node] ?? 0, scale);
  return `${text}, ${changeText(now, before)} against ${reading.comparison === "rate" ? "the rate" : "the share"} before`;
}

/** Functions that an exhibit keeps. */
const FROZEN_FUNCTIONS = 12;
const NAME_CHARACTERS = 200;

/** What an exhibit keeps: the first functions of the table, with what changed in each. */
export function profileExhibit(reading: ProfileReading): ExhibitParts {
  const { tree, request } = reading;
  const kind = kindOfReading(reading);
  const scale = scaleFor(reading, tree);
  const facts = functionRows(tree)
    .slice(0, FROZEN_FUNCTIONS)
    .map(({ name, self, baselineSelf }) => {
      const change = scale === undefined ? undefined : differenceOf(self, baselineSelf, scale);
      const suffix = change === undefined ? "" : `, ${changeText(change.now, change.before)}`;
      return {
        name: name.slice(0, NAME_CHARACTERS),
        value: `self ${kind.value(self)} (${formatShare(self / tree.sum)})${suffix}`,
      };
    });
  return { title: `${kind.title} profile of ${request.service}`, frozen: { kind: "facts", facts } };
}
