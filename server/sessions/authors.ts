/** Who did it, until people have names. */
export const LEARNER = "learner";
/** Author of what happens by itself. */
export const SERVER = "server";
