/** The chart of growth as an SVG text: time for one span by size and by load, on logarithmic axes of size and load. */
const WIDTH = 720;
const HEIGHT = 300;
const PLOT = { left: 60, top: 40, width: 270, height: 200 };
const GAP = 340;

export function growthChart({ bySize, byLoad }) {
  const highest = Math.max(...[...bySize, ...byLoad].map(({ nanosecondsPerSpan }) => nanosecondsPerSpan));
  const top = Math.ceil(highest / 200) * 200;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<title>Time for one span by number of services and by load</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    plot(0, "Services (load in proportion)", bySize, ({ services }) => services, top),
    plot(GAP, "Times the load (50 services)", byLoad, ({ load }) => load, top),
    "</svg>\n",
  ].join("\n");
}

function plot(shift, title, points, valueOf, top) {
  const values = points.map(valueOf);
  const [first, last] = [Math.log(values[0]), Math.log(values[values.length - 1])];
  const x = (value) => round(PLOT.left + shift + ((Math.log(value) - first) / (last - first)) * PLOT.width);
  const y = (nanoseconds) => round(PLOT.top + PLOT.height * (1 - nanoseconds / top));
  const marks = points.map((point) => ({ x: x(valueOf(point)), y: y(point.nanosecondsPerSpan), point }));
  const ticks = [0, top / 2, top].map(
    (value) =>
      `<line x1="${PLOT.left + shift}" x2="${PLOT.left + shift + PLOT.width}" y1="${y(value)}" y2="${y(value)}" stroke="#d8dee4"/>` +
      `<text x="${PLOT.left + shift - 6}" y="${y(value) + 4}" text-anchor="end" fill="#57606a">${value}</text>`,
  );
  const limit = y(points[0].nanosecondsPerSpan * 2);
  return [
    `<text x="${PLOT.left + shift}" y="22" fill="#24292f">ns a span · ${title}</text>`,
    ...ticks,
    limit > PLOT.top
      ? `<line x1="${PLOT.left + shift}" x2="${PLOT.left + shift + PLOT.width}" y1="${limit}" y2="${limit}" stroke="#cf222e" stroke-dasharray="4 4"/>`
      : "",
    `<polyline fill="none" stroke="#0969da" stroke-width="2" points="${marks.map((mark) => `${mark.x},${mark.y}`).join(" ")}"/>`,
    ...marks.map(
      (mark) =>
        `<circle cx="${mark.x}" cy="${mark.y}" r="4" fill="#0969da"/>` +
        `<text x="${mark.x}" y="${mark.y - 10}" text-anchor="middle" fill="#24292f">${Math.round(mark.point.nanosecondsPerSpan)}</text>` +
        `<text x="${mark.x}" y="${PLOT.top + PLOT.height + 18}" text-anchor="middle" fill="#57606a">${valueOf(mark.point)}</text>`,
    ),
  ]
    .filter((line) => line !== "")
    .join("\n");
}

const round = (value) => Math.round(value * 10) / 10;
