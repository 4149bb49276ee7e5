/**
 * ROC curves of an artifact: the share of anomalies found against the share of false alarms.
 *
 * @module
 */
import { z } from "zod";
import { colour, type Grammar, SERIES } from "./plot.ts";
import type { Figure } from "./figure.ts";
import { isNumber, percentText } from "../numbers.ts";

const Curves = z.object({
  score: z.string().optional(),
  curves: z.record(
    z.string(),
    z.object({
      value: z.number().nullable().optional(),
      points: z.array(z.tuple([z.number(), z.number()])).min(1),
    }),
  ),
});

/** The curves as they are drawn, in percent. */
function curvesOf({ score, curves }: z.infer<typeof Curves>) {
  return Object.entries(curves).map(([name, { value, points }], at) => ({
    name,
    area: isNumber(value) ? percentText(value) : "not measured",
    points: points.map(([falseAlarms, found]) => ({ falseAlarms: 100 * falseAlarms, found: 100 * found })),
    role: SERIES[at % SERIES.length],
    isBold: name === score,
  }));
}

/** The curve of scores that say nothing. */
const GUESSING = [[0, 0], [100, 100]] as const;

/** The figure of an artifact that holds ROC curves; the curve of the chosen score is drawn bold. */
export function rocFigure(value: unknown, title: string, grammar: Grammar): Figure | undefined {
  const parsed = Curves.safeParse(value);
  if (!parsed.success) return undefined;
  const { score } = parsed.data, list = curvesOf(parsed.data);
  if (list.length === 0) return undefined;
  const areas = list.map(({ name, area }) => `${name} ${area}`).join(", ");
  return {
    title: `${title}: anomalies found against false alarms, % of samples`,
    description: `Area under each curve: ${areas}. Guessing is the diagonal, 50 %.`,
    note: `${
      score === undefined ? "" : `Bold: ${score}. `
    }Area under each curve: ${areas}. Dashed: guessing.`,
    plot: (width) => ({
      height: Math.min(width, 380),
      marginLeft: 48,
      marginTop: 26,
      marginBottom: 38,
      x: { label: "% of normal samples called anomalous", labelAnchor: "center", domain: [0, 100] },
      y: { label: "% of anomalies found", grid: true, domain: [0, 100] },
      marks: [
        grammar.line(GUESSING, { stroke: "currentColor", strokeOpacity: 0.5, strokeDasharray: "4,3" }),
        ...list.map(({ points, role, isBold }) =>
          grammar.line(points, {
            x: "falseAlarms",
            y: "found",
            stroke: colour(role),
            strokeWidth: isBold ? 3 : 1.3,
          })
        ),
      ],
    }),
    table: {
      head: ["score", "area under the curve", "colour"],
      rows: list.map(({ name, area, role }) => [name, area, role]),
    },
  };
}
