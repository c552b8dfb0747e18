/** What the written form of deploys, health checks and autoscalers cannot say by itself. */
import { CHECK_ROLES } from "../topology/health-spec.js";
import type { Report } from "./report.js";
import { suggest } from "./suggest.js";
import type { WrittenTopology } from "./topology-schema.js";

export function checkControl(topology: WrittenTopology, report: Report): void {
  for (const id of Object.keys(topology.services)) {
    checkDeploy(topology, id, report);
    checkHealth(topology, id, report);
    checkAutoscale(topology, id, report);
  }
}

function checkDeploy(topology: WrittenTopology, id: string, report: Report): void {
  const { deploy } = topology.services[id];
  if (deploy === undefined || deploy.strategy === "blue-green") return;
  if (deploy.maxUnavailable === 0 && deploy.maxSurge === 0)
    report(["services", id, "deploy", "maxUnavailable"], {
      message: "no instance may be missing and none may be added: nothing can be replaced",
      hint: "give maxUnavailable or maxSurge",
    });
}

function checkHealth(topology: WrittenTopology, id: string, report: Report): void {
  const { health, dependencies } = topology.services[id];
  const askable = Object.keys(dependencies).filter(
    (target) => !(target in topology.caches || target in topology.queues),
  );
  for (const role of CHECK_ROLES) {
    health?.[role]?.asks.forEach((target, index) => {
      if (askable.includes(target)) return;
      report(["services", id, "health", role, "asks", index], {
        message: `${id} has no dependency "${target}" that could be asked`,
        hint: suggest(target, askable),
      });
    });
  }
}

function checkAutoscale(topology: WrittenTopology, id: string, report: Report): void {
  const { autoscale, instances } = topology.services[id];
  if (autoscale === undefined) return;
  const min = autoscale.min ?? instances;
  const max = autoscale.max ?? instances * 2;
  const path = ["services", id, "autoscale"];
  if (min > max) report(path, { message: `at least ${String(min)} instances and at most ${String(max)}` });
  else if (instances < min || instances > max)
    report(path, { message: `the service begins with ${String(instances)} instances, outside its bounds` });
}
