/** Which calls the list of the path offers. Pure. */
import { edgeKey, edgeOfKey } from "./submission-draft.js";

/** Calls to choose from, those that go on from what is drawn first. */
export function offeredEdges(
  edges: readonly { readonly from: string; readonly to: string }[],
  drawn: readonly string[],
  component: string,
): { readonly near: readonly string[]; readonly far: readonly string[] } {
  const touched = new Set([component, ...drawn.flatMap((key) => Object.values(edgeOfKey(key)))]);
  const left = edges
    .map(edgeKey)
    .filter((key) => !drawn.includes(key))
    .sort();
  const isNear = (key: string): boolean => {
    const { from, to } = edgeOfKey(key);
    return touched.has(from) || touched.has(to);
  };
  return { near: left.filter(isNear), far: left.filter((key) => !isNear(key)) };
}
