/** How a container ended the last time, as kube-state-metrics tells it. */
export const ENDED_FOR_MEMORY = 1;
export const ENDED_BY_ERROR = 2;
