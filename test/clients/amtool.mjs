/** What amtool asks of a run's Alertmanager: alerts, silences, routes. It goes by the wall clock. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expectText, run } from "./program.mjs";

/** Rows `[title, run]`; `folder` is for the configuration that the run's Alertmanager has. */
export function amtoolRows({ wallPath, folder }) {
  const ask = (...parameters) => run("amtool", [`--alertmanager.url=${wallPath}`, "--no-version-check", ...parameters]);
  const file = join(folder, "alertmanager.yml");
  let silence = "";
  return [
    ["alert query", async () => expectText(await ask("alert", "query"), /CheckoutErrorBudgetBurn/)],
    [
      "alert query as JSON, a matcher",
      async () => {
        const alerts = JSON.parse(await ask("-o", "json", "alert", "query", "severity=page"));
        if (alerts.length === 0 || alerts.some(({ labels }) => labels.severity !== "page"))
          throw new Error(JSON.stringify(alerts).slice(0, 300));
      },
    ],
    [
      "silence add",
      async () => {
        const parameters = [
          "--author=learner",
          "--comment=known",
          "--duration=30m",
          "alertname=CheckoutErrorBudgetBurn",
        ];
        silence = (await ask("silence", "add", ...parameters)).trim();
      },
    ],
    ["silence query", async () => expectText(await ask("silence", "query"), /CheckoutErrorBudgetBurn/)],
    [
      "alert query, what is silenced",
      async () => expectText(await ask("alert", "query", "--silenced"), /CheckoutError/),
    ],
    [
      "silence update",
      async () => {
        await ask("silence", "update", "--comment=longer", "--duration=2h", silence);
        expectText(await ask("silence", "query"), /longer/);
      },
    ],
    [
      "silence expire",
      async () => ask("silence", "expire", ...(await ask("silence", "query", "-q")).trim().split(/\s+/)),
    ],
    [
      "silence query --expired",
      async () => expectText(await ask("silence", "query", "--expired", "--within=1h"), /longer/),
    ],
    ["config show", async () => expectText(await ask("config", "show"), /route:/)],
    ["config routes show", async () => expectText(await ask("config", "routes", "show"), /receiver: /)],
    ["config routes test", async () => expectText(await ask("config", "routes", "test", "severity=page"), /\S/)],
    ["cluster show", async () => ask("cluster", "show")],
    [
      "check-config, of the run",
      async () => {
        const { config } = await (await fetch(`${wallPath}/api/v2/status`)).json();
        writeFileSync(file, config.original);
        expectText(await run("amtool", ["check-config", file]), /SUCCESS/);
      },
    ],
  ];
}
