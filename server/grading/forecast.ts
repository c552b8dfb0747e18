/** A strictly proper score for stated confidence: honesty pays, bluffing costs. Zero for a confidence of zero. */
import type { ScorePart } from "../wire/debrief.js";

export const FORECAST_POINTS = 10;

/** The answer counts as right when component and class are. `confidence` is 0 to 1. */
export function gradeForecast(confidence: number, right: boolean): ScorePart {
  const points = right ? FORECAST_POINTS * (1 - (1 - confidence) ** 2) : -FORECAST_POINTS * confidence ** 2;
  const stated = confidence.toFixed(2);
  return {
    id: "forecast",
    title: "Confidence",
    points,
    pointsMax: FORECAST_POINTS,
    formula: right
      ? `right: 10 · (1 − (1 − ${stated})²) = ${points.toFixed(1)}`
      : `wrong: −10 · ${stated}² = ${points.toFixed(1)}`,
    explanation:
      "The best expected score is had by stating what one believes. One run is a forecast; calibration is only spoken of after twenty.",
  };
}
