/**
 * Plots by Observable Plot, drawn as SVG without a browser; in a page they follow its theme.
 *
 * @module
 */
import type * as ObservablePlot from "@observablehq/plot";
import { cssColor, PALETTES } from "../../core/palette.ts";
import { visible } from "../html.ts";

/** Observable Plot's API. */
export type Grammar = typeof ObservablePlot;

/** The loaded plotting packages. */
export interface Plots {
  readonly grammar: Grammar;
  /** Draws a plot as SVG. */
  draw(options: ObservablePlot.PlotOptions): string;
}

/** The same colour as on a terminal. */
const shared = (role: "train" | "validation") => ({
  light: cssColor(PALETTES.light[role]),
  dark: cssColor(PALETTES.dark[role]),
});

/**
 * The colours of plots, by Okabe and Ito (2008), who chose them for colour-blind readers; `dark` ones are for a dark page. A plot names
 * a role by {@link colour}.
 */
export const PLOT_COLOURS = {
  train: shared("train"),
  validation: shared("validation"),
  first: { light: "#0072b2", dark: "#56b4e9" },
  second: { light: "#d55e00", dark: "#e69f00" },
  third: { light: "#007a58", dark: "#2fc79a" },
  fourth: { light: "#a8417f", dark: "#e08fbe" },
  fifth: { light: "#7a6a00", dark: "#d8cc3a" },
  sixth: { light: "#4f5562", dark: "#b9bfca" },
  faint: { light: "#8a8f99", dark: "#7d828c" },
} as const;
/** What a colour is for. */
export type PlotRole = keyof typeof PLOT_COLOURS;

/** A colour that follows the page's theme. */
export function colour(role: PlotRole): string {
  return `var(--plot-${role}, ${PLOT_COLOURS[role].light})`;
}

/** The colours of several series, in order; the fifth starts over. None is that of a training or a validation loss. */
export const SERIES: readonly PlotRole[] = ["third", "fourth", "fifth", "sixth"];

/** Text from data for a plot: on one line, every character visible. */
export function plotText(text: string): string {
  return visible(text).replace(/\s+/g, " ");
}

/** Loads the packages, which takes a few tenths of a second: only when a plot is drawn. */
export async function loadPlots(): Promise<Plots> {
  const [grammar, { parseHTML }] = await Promise.all([
    import("@observablehq/plot"),
    import("linkedom"),
  ]);
  // The type of a document belongs to browsers, which this code does not run in.
  const { document } = parseHTML("<!doctype html><html><body></body></html>") as unknown as Pick<
    ObservablePlot.PlotOptions,
    "document"
  >;
  return {
    grammar,
    draw: (options) => {
      const svg = grammar.plot({ document, ...options }) as unknown as { outerHTML: string };
      return svg.outerHTML.replace(/<style>[^]*?<\/style>/, "");
    },
  };
}
