/** The store's schema, as the steps that lead to it. A step that has been released is never changed. */
export const migrations: readonly string[] = [
  `CREATE TABLE runs (
     id TEXT PRIMARY KEY,
     scenario_id TEXT NOT NULL,
     scenario_title TEXT NOT NULL,
     scenario_digest TEXT NOT NULL,
     seed TEXT NOT NULL,
     starts_at_us INTEGER NOT NULL,
     history_from_us INTEGER NOT NULL,
     recent_from_us INTEGER NOT NULL,
     ends_at_us INTEGER NOT NULL,
     created_at_ms INTEGER NOT NULL,
     state TEXT NOT NULL,
     score REAL
   );
   CREATE INDEX runs_by_creation ON runs (created_at_ms);
   CREATE TABLE events (
     run_id TEXT NOT NULL REFERENCES runs (id),
     sequence INTEGER NOT NULL,
     at_us INTEGER NOT NULL,
     wall_ms INTEGER NOT NULL,
     author TEXT NOT NULL,
     kind TEXT NOT NULL,
     body TEXT NOT NULL,
     PRIMARY KEY (run_id, sequence)
   );
   CREATE TABLE commands (
     run_id TEXT NOT NULL REFERENCES runs (id),
     command_id TEXT NOT NULL,
     sequence INTEGER NOT NULL,
     PRIMARY KEY (run_id, command_id)
   );
   CREATE TABLE debriefs (
     run_id TEXT PRIMARY KEY REFERENCES runs (id),
     body TEXT NOT NULL
   );`,
];
