/** From the Enter in the query field to the chart on the screen, over the hour that there is. */
import { idle, medianOf, quantile } from "./ui-harness.mjs";

const QUERIES = [
  "up",
  "sum by (job) (rate(http_server_request_duration_seconds_count[1m]))",
  "histogram_quantile(0.99, sum by (le, job) (rate(http_server_request_duration_seconds_bucket[2m])))",
  'sum(rate(http_server_request_duration_seconds_count{http_response_status_code=~"5.."}[1m])) / sum(rate(http_server_request_duration_seconds_count[1m]))',
  "topk(5, sum by (job, http_route) (rate(http_server_request_duration_seconds_count[5m])))",
  "max_over_time(up[10m])",
];

/** Milliseconds until the page is idle and painted after `address` was gone to within the page. */
function drawnMs(page, address) {
  return page.evaluate(
    (to) =>
      new Promise((resolve) => {
        const since = performance.now();
        const link = document.createElement("a");
        link.href = to;
        document.querySelector("fd-app").shadowRoot.append(link);
        link.click();
        link.remove();
        let wasBusy = false;
        const look = () => {
          const isIdle = document.documentElement.dataset.idle === "true";
          wasBusy ||= !isIdle;
          if (isIdle && (wasBusy || performance.now() - since > 500))
            setTimeout(() => resolve(performance.now() - since));
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }),
    address,
  );
}

export async function benchQueries({ newPage, openRun }) {
  const page = await newPage();
  const run = await openRun(page);
  await page.getByRole("button", { name: "Pause" }).click();
  const addressOf = (query, minutes) =>
    `${run}/metrics?query=${encodeURIComponent(query)}&from=now-${String(minutes)}m&to=now`;
  await page.goto(addressOf("up", 60));
  await idle(page);
  const value = await medianOf(async (round) => {
    const all = [];
    // Another length each round: an answer that is remembered is not asked for.
    for (const query of QUERIES) all.push(await drawnMs(page, addressOf(query, 58 - round)));
    return quantile(all, 0.95);
  });
  await page.context().close();
  return [{ figure: "query to drawn chart over the hour, p95", value, unit: "ms", wanted: { atMost: 250 } }];
}
