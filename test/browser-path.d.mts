/** Types of `browser-path.mjs`. */

export declare const BROWSER_FLAGS: string[];

/** Path of a browser that exists. Throws with one line that says what to install. */
export declare function ensureBrowser(): string;
