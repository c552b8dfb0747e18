/** Everything of a run that can grow, with its figure. Each is enforced where it is met and named in the refusal. */

/** Worlds (the runs' own, twins and untouched ones together) that may be in memory at once. */
export const OPEN_WORLDS_MAX = 6;
/** Events of one run; what ends a run (`submit`, `abandon`, the debrief) is written beyond it. */
export const EVENTS_PER_RUN_MAX = 20_000;
export const EXHIBITS_PER_RUN_MAX = 200;
export const HYPOTHESES_PER_RUN_MAX = 100;
export const ACTIONS_PER_RUN_MAX = 200;
export const EXHIBITS_PER_SUBMISSION_MAX = 6;
/** What was on the screen when it was pinned, as JSON. */
export const EXHIBIT_CHARACTERS_MAX = 64 * 1024;
/** Commands of one run that wait for their turn. */
export const QUEUED_COMMANDS_MAX = 200;
/** Runs that the start page lists, newest first. */
export const LISTED_RUNS_MAX = 200;
/** Runs whose folded state is kept in memory; idle ones beyond it are read again when they are asked for. */
export const RUNS_IN_MEMORY_MAX = 100;
/** One scenario or topology file. */
export const SCENARIO_FILE_BYTES_MAX = 1024 * 1024;
export const SCENARIO_FILES_MAX = 500;

/** The clock is advanced this often. */
export const TICK_MS = 250;
/** A tick never makes up for more wall time than this: after a stall the clock goes on, it does not jump. */
export const TICK_ELAPSED_MS_MAX = 1_000;
/** A running clock is written to the log this often: what a killed server can lose of simulated time. */
export const HEARTBEAT_MS = 5_000;
/** A run that nobody follows and nobody asks pauses itself after this. */
export const UNATTENDED_MS_MAX = 5 * 60_000;
/** A paused run that is followed but not used may lose its world (it is rebuilt when asked for) after this. */
export const IDLE_WORLD_MS = 10 * 60_000;
/** `next-event` goes no further. */
export const NEXT_EVENT_US_MAX = 10 * 60_000_000;
/** The same look again within this much simulated time is one look. */
export const SAME_LOOK_US = 60_000_000;
