/** Names of functions in the manner of a language, for profiles and for the stack traces of exceptions. */

const words = (text: string): readonly string[] => text.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
/** `POST` is a word like others: `Post`. */
const capitalised = (word: string): string =>
  word.slice(0, 1).toUpperCase() + (word === word.toUpperCase() ? word.slice(1).toLowerCase() : word.slice(1));
export const pascal = (text: string): string => words(text).map(capitalised).join("");
export const camel = (text: string): string => pascal(text).replace(/^./, (first) => first.toLowerCase());
export const snake = (text: string): string => words(text.toLowerCase()).join("_");

type FunctionName = (module: string, name: string) => string;

const STYLES: Readonly<Record<string, FunctionName>> = {
  go: (module, name) => `${snake(module)}.(*Handler).${pascal(name)}`,
  python: (module, name) => `${snake(module)}.${snake(name)}`,
  ruby: (module, name) => `${pascal(module)}#${snake(name)}`,
};
const PLAIN: FunctionName = (module, name) => `${pascal(module)}.${camel(name)}`;

/** How the language writes a function of a module. */
export const functionNamesOf = (language: string): FunctionName => STYLES[language.toLowerCase()] ?? PLAIN;
