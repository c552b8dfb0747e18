/**
 * Every class of fault that people may name as an answer, whether the engine can inject it yet or not: families, groups
 * of related mechanisms, classes. Rows that differ only in what caused them are one class. The tree also says how near
 * two answers are, by Wu and Palmer's measure ('Verb semantics and lexical selection', ACL 1994).
 */

/** One class: `id` is `family/name`, its group is the level between. */
export interface FaultClassRow {
  readonly id: string;
  readonly family: string;
  readonly familyTitle: string;
  readonly group: string;
  readonly groupTitle: string;
  readonly title: string;
  readonly description: string;
}

interface Family {
  readonly id: string;
  readonly title: string;
  readonly groups: readonly {
    readonly id: string;
    readonly title: string;
    /** Name, title, one line of description. */
    readonly classes: readonly (readonly [name: string, title: string, description: string])[];
  }[];
}

const FAMILIES: readonly Family[] = [
  {
    id: "resource",
    title: "Resource",
    groups: [
      {
        id: "processor",
        title: "Processor",
        classes: [
          ["cpu-stress", "CPU stress", "Something takes processor time away inside the instances of a service."],
          ["noisy-neighbour", "Noisy neighbour", "Another tenant of the same node uses up its processors."],
          [
            "cpu-throttling",
            "CPU quota throttling",
            "A quota stops the process for parts of each period; mostly the tail suffers.",
          ],
          ["regex-backtracking", "Regex backtracking", "A regular expression burns processor time on certain inputs."],
          ["clock-skew", "Clock skew", "The clock of a node is wrong or drifts."],
          ["kernel-fault", "Kernel or system call failure", "System calls fail or stall on a node."],
          [
            "hardware-fault",
            "Hardware fault",
            "A network card, memory, storage controller or clock source misbehaves.",
          ],
          ["gpu-saturation", "GPU saturation", "An accelerator or its memory is full."],
        ],
      },
      {
        id: "memory",
        title: "Memory",
        classes: [
          ["memory-stress", "Memory stress", "Something else takes the memory of an instance."],
          ["memory-leak", "Memory leak", "Memory grows until the process is killed."],
          [
            "memory-limit",
            "Memory limit too small",
            "The limit is below what the process needs, or the runtime ignores it.",
          ],
          ["garbage-collection", "Garbage collection pauses", "The collector stops the process for long or often."],
          ["heap-exhaustion", "Heap exhaustion", "The managed heap is full although the container's memory is not."],
          [
            "class-leak",
            "Thread-local or class loader leak",
            "Objects stay reachable from threads or class loaders that outlive their use.",
          ],
          ["shared-memory", "Shared memory exhausted", "The shared memory area of a container is full."],
        ],
      },
      {
        id: "workers",
        title: "Workers and queues",
        classes: [
          ["thread-contention", "Thread pool contention", "Kinds of requests share one pool and starve each other."],
          ["unbounded-queue", "Unbounded executor queue", "Work piles up in a queue without a limit."],
          [
            "polluted-pool",
            "Shared pool polluted by blocking work",
            "Blocking work occupies a pool that is meant for short tasks.",
          ],
          ["worker-deadlock", "Worker deadlock", "Workers wait for tasks of their own pool."],
          ["cold-start", "Cold start", "Caches, connections and compiled code are missing after a start."],
        ],
      },
      {
        id: "handles",
        title: "Handles and limits",
        classes: [
          ["file-descriptors", "File descriptors exhausted", "A leak or a low limit leaves no descriptors."],
          ["process-limit", "Process limit", "No process or thread can be started, or one was killed."],
          ["ephemeral-ports", "Ephemeral ports exhausted", "Closed connections hold all local ports."],
          [
            "conntrack-full",
            "Connection tracking table full",
            "The kernel drops packets silently because its table is full.",
          ],
          ["socket-stress", "Socket stress", "Sockets are opened faster than they are closed."],
        ],
      },
      {
        id: "disk",
        title: "Disk",
        classes: [
          ["disk-full", "Disk full", "A volume has no space left."],
          ["disk-slow", "Slow disk", "Reads or writes take long or compete."],
          ["disk-errors", "Disk errors", "Reads or writes fail: a worn disk or a latent sector error."],
          ["burst-credits", "Burst credits used up", "A volume falls to its base rate."],
        ],
      },
    ],
  },
  {
    id: "network",
    title: "Network",
    groups: [
      {
        id: "link",
        title: "Links",
        classes: [
          ["latency", "Added latency", "Packets between two parties take longer or vary more."],
          ["packet-loss", "Packet loss", "Packets are lost and sent again."],
          ["partition", "Partition", "Two parties cannot reach each other."],
          ["corruption", "Corrupted, doubled or reordered packets", "Packets arrive changed, twice or out of order."],
          ["bandwidth", "Bandwidth limit", "A link carries less than is sent."],
          ["retransmissions", "Retransmissions", "More segments are sent again than usual."],
          ["link-down", "Link flooded or down", "An interface is overwhelmed or gone."],
        ],
      },
      {
        id: "connection",
        title: "Connections",
        classes: [
          ["connection-reset", "Connections reset", "Connections are reset, cut or close slowly."],
          [
            "keep-alive-mismatch",
            "Keep-alive shorter than the balancer's",
            "Reused connections were closed by the other side: sporadic 502.",
          ],
          ["long-connection-cut", "Long connection cut", "A proxy ends streams that live long."],
          ["gateway-limit", "Gateway limit", "A NAT, transit or balancing service reached its limit."],
        ],
      },
      {
        id: "names",
        title: "Names",
        classes: [
          ["dns-error", "DNS errors", "Names cannot be resolved."],
          ["dns-wrong-answer", "Wrong DNS answers", "Names resolve to something else."],
          ["dns-policy", "DNS policy or rule wrong", "A resolver rule or policy sends questions to the wrong place."],
          ["dns-stale", "DNS cache ignores its time to live", "Clients stay on an old address after a move."],
        ],
      },
      {
        id: "policy",
        title: "Policies and zones",
        classes: [
          ["network-policy", "Network policy blocks", "A policy refuses traffic between two parties."],
          ["mesh-policy", "Service mesh policy", "The mesh demands or denies something that its members do not meet."],
          [
            "local-traffic-policy",
            "Local traffic policy strands callers",
            "Callers on nodes without an instance find none.",
          ],
          ["router-lost", "Router lost", "A route reflector or top-of-rack switch is gone."],
          ["zone-loss", "Zone or region lost", "A zone or a region cannot be reached."],
        ],
      },
    ],
  },
  {
    id: "dependency",
    title: "Dependencies",
    groups: [
      {
        id: "degraded",
        title: "Degraded dependency",
        classes: [
          ["slow", "Slow dependency", "A dependency answers correctly but slowly."],
          ["errors", "Dependency errors", "A dependency answers some requests with an error."],
          ["unreachable", "Dependency unreachable", "A dependency does not answer at all."],
          ["quota-exhausted", "Quota exhausted", "A third party throttles or refuses because a quota is used up."],
          ["connection-churn", "Connections closed by a third party", "The other side closes sessions early."],
          [
            "tampered-message",
            "Tampered requests or responses",
            "Methods, paths, bodies or headers are changed on the way.",
          ],
        ],
      },
      {
        id: "resilience",
        title: "Retries and timeouts",
        classes: [
          ["retry-storm", "Retry storm", "Retries keep a system overloaded after the trigger has gone."],
          ["endless-retry", "Endless retry or recursion", "An error makes the same work start again without end."],
          [
            "timeout-misconfigured",
            "Timeouts in the wrong order",
            "A caller gives up before its dependency can, and the work goes on.",
          ],
          ["reconnect-storm", "Reconnect storm", "All clients reconnect at once after a fail-over."],
        ],
      },
      {
        id: "health",
        title: "Health checks and order",
        classes: [
          [
            "health-check-cascade",
            "Health check cascade",
            "Liveness checks depend on something shared and take everything down.",
          ],
          [
            "health-check-blind",
            "Health check blind",
            "A check passes on a dead instance, or takes a healthy one out.",
          ],
          ["start-order", "Start order hang", "A part waits for another one that never becomes ready."],
          ["slow-subscriber", "Slow subscriber", "A slow receiver blocks its sender."],
          [
            "participant-lost",
            "Participant lost",
            "One of the participants of a joint computation stopped or is misconfigured.",
          ],
        ],
      },
    ],
  },
  {
    id: "database",
    title: "Databases",
    groups: [
      {
        id: "connections",
        title: "Connections",
        classes: [
          ["pool-exhaustion", "Connection pool exhausted", "All connections of a caller's pool are busy."],
          ["pool-deadlock", "Pool deadlock", "Work that holds a connection waits for a second one."],
          ["connection-leak", "Connection leak", "Connections are not returned, or held during outside calls."],
          ["connection-limit", "Connection limit", "The database refuses connections over its limit."],
          ["database-credentials", "Database credentials", "A user, password or port is wrong or revoked."],
        ],
      },
      {
        id: "queries",
        title: "Queries",
        classes: [
          ["n-plus-one", "N+1 queries", "One query for a list became one query for each of its items."],
          ["missing-index", "Missing index or bad plan", "A query reads far more rows than it returns."],
          ["wrong-sql", "Wrong SQL or missing migration", "A statement does not fit the schema."],
          ["client-fault", "Database client fault", "The client library is slow or throws."],
          [
            "search-index",
            "Search engine overload",
            "Mappings, shards, merges or breakers of a search engine are at their limit.",
          ],
          ["vector-index", "Vector index degraded", "Recall or speed of a vector index collapses."],
        ],
      },
      {
        id: "contention",
        title: "Contention",
        classes: [
          ["lock-contention", "Lock contention", "Statements wait for locks of others."],
          ["hot-partition", "Hot row, partition or shard", "A single key takes most of the load."],
          ["maintenance-stall", "Maintenance stall", "Checkpoints, log retention or wrap-around work stalls writes."],
        ],
      },
      {
        id: "replication",
        title: "Replication and storage",
        classes: [
          ["replication-lag", "Replication lag", "A replica is behind and serves old data."],
          ["failover", "Fail-over trouble", "A fail-over failed, lost writes or left caches cold."],
          ["read-only", "Read-only database", "The database refuses writes, for example because its storage is full."],
          ["quorum-loss", "Quorum lost", "Members cannot agree, or disagree in two halves."],
          ["volume-misconfigured", "Volume misconfigured", "Storage is missing, of the wrong kind or mounted twice."],
          ["volume-detached", "Volume detached or paused", "Storage went away under a running database."],
          ["data-corruption", "Silent data corruption", "Data is wrong although every answer succeeds."],
          ["backup-failure", "Backup failure", "Backups or restores do not work."],
        ],
      },
    ],
  },
  {
    id: "cache",
    title: "Caches",
    groups: [
      {
        id: "content",
        title: "Content",
        classes: [
          ["stampede", "Cache stampede", "Many callers rebuild the same expired entry at once."],
          ["eviction", "Evictions", "The cache is full and drops entries that are needed."],
          ["penetration", "Cache penetration", "Requests for keys that do not exist all reach the store behind."],
          ["stale-entries", "Stale entries", "The cache and its source disagree."],
          ["wrong-key", "Wrong key", "Entries are stored and looked up under different keys."],
          ["scan-pollution", "Scan pollution", "A batch scan pushes useful entries out."],
        ],
      },
      {
        id: "service",
        title: "Service",
        classes: [
          ["cache-disabled", "Cache disabled or failing", "The cache is switched off, down or not used."],
          ["cache-credentials", "Cache credentials", "The cache refuses its clients."],
          ["lock-expiry", "Lock expired early", "A lease ended while its holder was paused."],
          ["cache-connection-churn", "Connection churn", "Connections to the cache are opened again and again."],
        ],
      },
    ],
  },
  {
    id: "queue",
    title: "Queues and batch",
    groups: [
      {
        id: "consumer",
        title: "Consumers",
        classes: [
          ["consumer-lag", "Consumer lag", "Messages arrive faster than they are taken."],
          ["poison-message", "Poison message", "A message that cannot be processed blocks or circles."],
          ["rebalance-storm", "Rebalance storm", "Consumers keep redistributing partitions."],
          [
            "visibility-timeout",
            "Visibility timeout too short",
            "Messages are delivered again while they are being processed.",
          ],
          ["duplicate-delivery", "Duplicate delivery", "Messages are processed twice with effect."],
          ["message-order", "Message order", "Messages are processed in the wrong order."],
        ],
      },
      {
        id: "broker",
        title: "Brokers",
        classes: [
          ["broker-degraded", "Broker degraded", "A broker is partitioned, full or slow."],
          ["producer-leak", "Producer leak", "Producers are opened and never closed."],
          ["hot-shard", "Hot shard", "One shard is throttled while others idle."],
          ["backlog-unbounded", "Unbounded backlog", "Messages for slow clients pile up without a limit."],
        ],
      },
      {
        id: "jobs",
        title: "Jobs",
        classes: [
          [
            "duplicate-job",
            "Job runs everywhere",
            "A scheduled job runs on every instance or breaks things again and again.",
          ],
          ["stuck-job", "Job never finishes", "A job or its helper hangs."],
        ],
      },
    ],
  },
  {
    id: "deploy",
    title: "Deploys and configuration",
    groups: [
      {
        id: "rollout",
        title: "Roll-out",
        classes: [
          ["bad-image", "Bad image", "An image cannot be pulled or does not run."],
          ["bad-start", "Start fails", "The command or an initial step crashes or hangs."],
          ["rolling-update", "Roll-out loses requests", "A roll-out is stuck, misconfigured or drops requests."],
          ["mixed-versions", "Old instance among new ones", "One instance runs another version than the rest."],
          ["version-skew", "Version skew", "Two services disagree about a format or a library."],
          ["scaled-wrong", "Wrong number of instances", "A service runs with too few instances or none."],
        ],
      },
      {
        id: "settings",
        title: "Settings",
        classes: [
          ["wrong-setting", "Wrong setting", "A variable, a map or a secret has a wrong or old value."],
          ["global-push", "Configuration pushed everywhere", "One bad configuration reaches all instances at once."],
          ["request-size-limit", "Request size limit", "A proxy refuses requests that are legitimate."],
          ["pending-parameter", "Parameter waits for a restart", "A changed parameter is not in force yet."],
          ["operator-mistake", "Operator resource wrong", "A custom resource asks its operator for the wrong thing."],
          ["dangerous-script", "Dangerous script", "A script or a typing error changed far more than intended."],
          ["package-removed", "Package removed", "A build or start needs a package that is gone."],
        ],
      },
      {
        id: "routing",
        title: "Routing",
        classes: [
          ["wrong-port", "Wrong selector or port", "Traffic goes to a port or to instances that do not serve it."],
          ["misroute", "Misrouted traffic", "An ingress or a gateway sends requests to the wrong place."],
          ["feature-flag", "Feature flag", "A flag switches on a defect or means something else than thought."],
        ],
      },
    ],
  },
  {
    id: "code",
    title: "Code defects",
    groups: [
      {
        id: "failure",
        title: "Failures",
        classes: [
          ["exception", "Exception", "A code path throws."],
          ["wrong-result", "Wrong result", "A code path returns nothing or something wrong."],
          [
            "wrong-call",
            "Wrong or missing call",
            "A path calls the wrong interface, leaves a call out or passes wrong arguments.",
          ],
          ["mutated-logic", "Mutated logic", "A condition or a computation was changed."],
          ["edge-value", "Edge value", "A value at the edge of its range is handled wrongly."],
          ["missing-transaction", "Transaction not applied", "Work that belongs together is stored in part."],
        ],
      },
      {
        id: "behaviour",
        title: "Behaviour",
        classes: [
          ["slow-method", "Slow method", "A code path takes long by itself."],
          [
            "segment-failure",
            "Failure for one segment",
            "One product, user, tenant or locale fails while others do not.",
          ],
          ["race", "Race", "The outcome depends on the order of simultaneous events."],
          ["time-handling", "Time zone or character set", "Times or texts are read in the wrong way."],
          ["front-end", "Front-end defect", "The page is slow, broken or inaccessible although its services are well."],
        ],
      },
    ],
  },
  {
    id: "traffic",
    title: "Traffic",
    groups: [
      {
        id: "volume",
        title: "Volume",
        classes: [
          ["surge", "Traffic surge", "More requests arrive than usual."],
          ["herd", "Thundering herd", "Many clients do the same at the same instant."],
          ["tenant-hogging", "Tenant hogging", "One tenant takes the capacity of all."],
          ["control-plane-surge", "Control plane surge", "Requests to a management interface rise steeply."],
        ],
      },
      {
        id: "shape",
        title: "Shape",
        classes: [
          ["imbalance", "Load imbalance", "Requests are spread unevenly over instances."],
          ["reader-skew", "Reader skew", "One replica serves most reads."],
          ["duplicate-requests", "Duplicate requests", "Clients send the same request several times."],
          ["agent-loop", "Automated loop", "An automated client repeats expensive work."],
        ],
      },
    ],
  },
  {
    id: "telemetry",
    title: "Telemetry",
    groups: [
      {
        id: "metrics",
        title: "Metrics",
        classes: [
          [
            "label-cardinality",
            "Label cardinality explosion",
            "A label with very many values multiplies the series of a metric.",
          ],
          ["missing-metric", "Missing metric", "A metric is no longer exposed or has another name."],
          ["scrape-failure", "Scrapes fail", "Targets are up but their metrics are not collected."],
          ["wrong-unit", "Wrong unit", "A metric is in another unit than its name and its readers say."],
          ["counter-reset", "Counter reset read as traffic", "A restart looks like a jump in a graph."],
          ["stale-series", "Stale series", "Series of a target that is gone still count."],
          ["lying-gauge", "Lying gauge", "A gauge shows something other than what it is named for."],
        ],
      },
      {
        id: "traces",
        title: "Traces and logs",
        classes: [
          ["head-sampling", "Head sampling loses evidence", "The traces that matter were not kept."],
          ["collector-overload", "Collector overload", "A collector drops or delays spans."],
          ["broken-propagation", "Broken context propagation", "A service drops the trace context."],
          ["clock-skewed-spans", "Clock-skewed spans", "Spans of one host stand at the wrong time."],
          ["log-loss", "Log loss or delay", "Log lines are lost or come late."],
          ["log-flood", "Log flood", "Debug lines fill the pipeline."],
        ],
      },
      {
        id: "alerting",
        title: "Alerts and panels",
        classes: [
          ["alert-storm", "Alert storm", "Many alerts fire without a cause of their own."],
          ["blind-rule", "Rule that cannot fire", "A threshold drifted or an expression matches nothing."],
          ["misleading-panel", "Misleading panel", "A panel hides the truth, for example by a mean."],
          [
            "misleading-events",
            "Misleading events",
            "Events point elsewhere, or the trouble was over before anybody looked.",
          ],
          ["probe-failure", "Probe fails by itself", "A synthetic check is broken, not what it checks."],
          ["shared-fate", "Observability shares the fault", "The monitoring depends on the thing that failed."],
        ],
      },
    ],
  },
  {
    id: "security",
    title: "Security and identity",
    groups: [
      {
        id: "certificates",
        title: "Certificates",
        classes: [
          ["certificate-expired", "Certificate expired", "A certificate is past its end."],
          ["certificate-mismatch", "Certificate mismatch", "A certificate authority or name does not fit."],
          ["certificate-pinning", "Certificate pinning", "Clients insist on a certificate that was rotated."],
          ["tls-required", "TLS expected", "One side speaks TLS, the other does not."],
          ["tls-overhead", "TLS overhead", "Encryption at every hop makes it slow."],
        ],
      },
      {
        id: "access",
        title: "Access",
        classes: [
          ["access-denied", "Access denied", "A role, a service account or an admission rule is missing."],
          ["secret-rotated", "Secret rotated", "A secret changed but its users kept the old one."],
          ["auth-throttled", "Authentication throttled", "An identity or fraud service limits its callers."],
          ["token-lost", "Token not passed on", "A service drops the caller's identity."],
          ["exploit", "Exploit", "An attacker uses a known weakness."],
        ],
      },
    ],
  },
  {
    id: "platform",
    title: "Platform",
    groups: [
      {
        id: "instances",
        title: "Instances and nodes",
        classes: [
          ["instance-killed", "Instance killed", "Instances are killed or fail."],
          ["node-lost", "Node lost", "A node is drained, restarted, tainted or off."],
          ["placement", "Placement impossible", "Rules of placement leave no node for an instance."],
          ["preemption", "Preemption", "Work of higher priority displaces instances."],
          ["resource-request", "Impossible resource request", "An instance asks for more than any node has."],
          ["quota", "Namespace quota", "A quota refuses new instances or volumes."],
          ["host-port-clash", "Host port clash", "Two instances want the same port of a node."],
          ["volume-mount", "Volume mount denied", "A mount is refused."],
        ],
      },
      {
        id: "control",
        title: "Control plane",
        classes: [
          [
            "probe-misconfigured",
            "Liveness or readiness probe wrong",
            "A probe kills healthy instances or admits broken ones.",
          ],
          ["autoscaler", "Autoscaler misconfigured", "Scaling reacts wrongly, late or not at all."],
          ["node-agent", "Node agent down", "The agent, the container runtime or the proxy of a node is down."],
          ["control-plane-slow", "Control plane slow", "The API server or its store is slow or full."],
          ["admission-webhook", "Admission webhook", "A webhook refuses, delays or changes what is created."],
          ["finalizer-deadlock", "Finalizer deadlock", "Objects wait for each other to be deleted."],
          ["address-exhaustion", "Addresses exhausted", "No address is left for new instances."],
          ["cloud-event", "Cloud provider event", "The provider stops, throttles or detaches something."],
        ],
      },
    ],
  },
];

/** All classes in the order of the table. */
export const FAULT_CLASSES: readonly FaultClassRow[] = FAMILIES.flatMap((family) =>
  family.groups.flatMap((group) =>
    group.classes.map(([name, title, description]) => ({
      id: `${family.id}/${name}`,
      family: family.id,
      familyTitle: family.title,
      group: group.id,
      groupTitle: group.title,
      title,
      description,
    })),
  ),
);

const CLASS_BY_ID: ReadonlyMap<string, FaultClassRow> = new Map(FAULT_CLASSES.map((row) => [row.id, row]));

/** The class with this id, or undefined. */
export const faultClass = (id: string): FaultClassRow | undefined => CLASS_BY_ID.get(id);

/** Depths in the tree, the root counting 1 as Wu and Palmer do. */
const DEPTH = { root: 1, family: 2, group: 3, class: 4 } as const;

/**
 * How near two classes are, 0 to 1: 1 for the same class, 2/3 for the same group, 1/3 for the same family, 0 for
 * sharing only the root. This is 2·depth(common ancestor) ÷ (depth(a) + depth(b)), stretched so that the root gives 0.
 * 0 for an id that is not in the table.
 */
export function taxonomySimilarity(a: string, b: string): number {
  const left = CLASS_BY_ID.get(a);
  const right = CLASS_BY_ID.get(b);
  if (left === undefined || right === undefined) return 0;
  const wuPalmer = (depth: number): number => (2 * depth) / (2 * DEPTH.class);
  const least = wuPalmer(DEPTH.root);
  return (wuPalmer(commonDepth(left, right)) - least) / (1 - least);
}

function commonDepth(left: FaultClassRow, right: FaultClassRow): number {
  if (left.id === right.id) return DEPTH.class;
  if (left.family !== right.family) return DEPTH.root;
  return left.group === right.group ? DEPTH.group : DEPTH.family;
}
