/** Dashboards of a run's system: files in Grafana's JSON model, as their authors wrote them. */

export interface DashboardFile {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** `overview`, or the kind of component that it is about: `service`, `store`, `cache`, `queue`, `external`, `plant`. */
  readonly tags: readonly string[];
  /** The whole file as JSON text. */
  readonly json: string;
}
