/** Keys that act on the value that has the focus, or on the view where none has it. Rows of the table of commands. */

export interface ValueCommand {
  readonly id: string;
  readonly keys: readonly string[];
  readonly title: string;
  readonly help: string;
}

export const VALUE_COMMANDS: readonly ValueCommand[] = [
  { id: "value.include", keys: ["i"], title: "Include", help: "Only with the value that has the focus" },
  { id: "value.exclude", keys: ["x"], title: "Exclude", help: "Without the value that has the focus" },
  {
    id: "value.compare",
    keys: ["b"],
    title: "Compare",
    help: "The focused value with the others; in a view, what it shows with what was before",
  },
  {
    id: "value.menu",
    keys: ["m"],
    title: "Menu of the value",
    help: "Where to go from the value or mark that has the focus",
  },
  { id: "value.return", keys: ["Backspace"], title: "Return", help: "To where the last jump began" },
  {
    id: "query.fix",
    keys: ["mod+."],
    title: "Mend the query",
    help: "Applies the first cure of what is wrong with it",
  },
  { id: "notes.open", keys: [".", "F1"], title: "Field notes", help: "One page on how to read this view" },
  { id: "guide.resume", keys: [], title: "Guided first incident", help: "The strip that says the next thing to do" },
  {
    id: "hypothesis.new",
    keys: ["h"],
    title: "New hypothesis",
    help: "An empty one in the notebook: beside the view where it is open there",
  },
];
