/** How checks of a file's meaning say what they find: where it stands, and what is wrong with it. */
import type { Problem, ValuePath } from "./source-document.js";

export type Report = (path: ValuePath, problem: Problem) => void;
