/** What the parts of a frame get, and the text that may replace the panels. @module */
import { healthLines } from "../panels/health.ts";
import { helpLines } from "../panels/keys_text.ts";
import type { Layout, PanelSize } from "../panels/layout.ts";
import type { ColorLevel } from "../terminal/theme.ts";
import type { Choices, Situation } from "../view/choices.ts";
import type { Comparison } from "../view/comparison.ts";
import type { View } from "../../run/fold/view.ts";

/** The properties of a frame. */
export interface FrameProps {
  /** The present. */
  readonly view: View;
  /** The view for the curves, which may be a little older. */
  readonly calm: View;
  readonly columns: number;
  readonly rows: number;
  readonly color: ColorLevel;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly choices: Choices;
  readonly situation: Situation;
  readonly compare: Comparison | undefined;
  /** The last lines of the plain log, as many as fit. */
  log(size: { width: number; height: number }): string[];
}

/** The properties of the parts of a frame. */
export type PartProps = FrameProps & { readonly layout: Layout };

/** The text that replaces the panels, if any. */
export function insteadOfPanels(
  { view, color: level, choices, situation, log }: FrameProps,
  size: PanelSize,
): string[] | undefined {
  if (choices.help) return helpLines(situation, { width: size.width, level });
  if (choices.log) return log(size);
  return choices.health ? healthLines(view, size, level) : undefined;
}
