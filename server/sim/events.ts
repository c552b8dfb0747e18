/** Codes of the event list: a kind in the low bits, above it the frame, CPU or ring that it is about. */
export const EVENT_SHIFT = 5;
export const EVENT_MASK = 31;

/** The next arrival at the edge. */
export const EVENT_ARRIVAL = 0;
/** The arrivals of another second are to be drawn. */
export const EVENT_SECOND = 1;
/** Remote work (a frame) reaches the instance that shall handle it. */
export const EVENT_REACH = 2;
/** The answer to remote work reaches its caller. */
export const EVENT_REPLY = 3;
/** A CPU may have finished something. */
export const EVENT_CPU = 4;
/** The oldest entry of a ring of time-outs is due. */
export const EVENT_RING = 5;
/** A frame may try again after its backoff. */
export const EVENT_RETRY = 6;
/** A handling that was held up may begin. */
export const EVENT_DELAYED = 7;
/** A connection is open: the question that waited for it goes out. */
export const EVENT_OPENED = 9;
/** A handling that slept for reasons of its own goes on. */
export const EVENT_AWAKE = 10;
/** A query has had its storage wait and needs the store's processor. */
export const EVENT_STORE = 8;
/** A container's quota may have run out, or a period of it has ended. */
export const EVENT_QUOTA = 20;
/** A pause or a cycle of a collector ends. */
export const EVENT_COLLECTED = 21;

/** A process is to be asked how it is, has said so, or has not said so in time. */
export const EVENT_CHECK = 27;
/** Something is due for a message that a broker remembers. */
export const EVENT_MESSAGE = 24;
/** Publishers that wait for room in a queue are to be looked after. */
export const EVENT_PUBLISHERS = 25;
/** A group of consumers may take messages again, or has lost a member. */
export const EVENT_GROUP = 26;

/** From here on: kinds of those who send requests (see audience.ts). A user goes on. */
export const EVENT_USER = 28;
/** Requests of a population are due for which patience has ended. */
export const EVENT_PATIENCE = 29;
/** A probe sends, reaches the edge, or has waited too long. */
export const EVENT_PROBE = 30;
/** A session of a database is to be looked at: it has waited or run for long enough. */
export const EVENT_STORE_CHECK = 11;
/** A database that was down may be up again. */
export const EVENT_STORE_UP = 12;
