/**
 * The layout of the screen, computed from its size and its content.
 *
 * @module
 */
import type { Choices } from "../view/choices.ts";
import { type Grid, pictureGrid } from "../drawing/grid.ts";
import { featuresHeight, hasFeatures } from "./features.ts";
import { picturesOf } from "../drawing/raster.ts";
import type { PreviewView, View } from "../../run/fold/view.ts";

/** A panel's size, in cells and lines. */
export interface PanelSize {
  readonly width: number;
  readonly height: number;
}

/** The panels and their sizes; a panel that is `undefined` is not shown. */
export interface Layout {
  /** Maximum lines of the frame: one fewer than the terminal has, as a full frame would scroll. */
  readonly height: number;
  /** Cells between the margins. */
  readonly width: number;
  /** A small terminal: the frame is a list of lines, the most important first. */
  readonly small: boolean;
  /** Whether an empty line separates the panels. */
  readonly gap: boolean;
  readonly chart: PanelSize;
  /** The numbers next to the chart. */
  readonly numbers: PanelSize;
  /** Whether stages are a list with notes below the numbers instead of one line. */
  readonly stageList: boolean;
  readonly pictures: (PanelSize & { readonly grid: Grid; readonly corrupted: boolean }) | undefined;
  /** The features of a vector, in place of pictures. */
  readonly features: PanelSize | undefined;
  readonly latent: (PanelSize & { readonly place: "top" | "bottom" }) | undefined;
  /** Whether only one of pictures and latent space fits. */
  readonly canSwitch: boolean;
}

/** On a smaller terminal, the frame is a list of lines. */
const SMALLEST = { columns: 60, rows: 16 };
/** Lines of header, stages, notice, progress and help; of title, chart and epochs at least; of a list of lines. */
const FRAME_LINES = 5, TOP_LINES = 6, LIST_LINES = 6;
/** From this width on, the latent space is shown next to the numbers. */
const WIDE = 140;
const GAP = 3, LATENT_WIDTH = 24, LATENT_LINES = 6;

/** The layout of a screen of `columns` by `rows` cells. */
export function layoutOf(view: View, columns: number, rows: number, choices: Choices): Layout {
  const small = columns < SMALLEST.columns || rows < SMALLEST.rows;
  const height = Math.max(1, rows - 1), width = Math.max(1, small ? columns : columns - 2);
  return small ? listLayout(view, { width, height }) : panelLayout(view, { width, height }, choices);
}

function listLayout(view: View, { width, height }: PanelSize): Layout {
  const free = height - LIST_LINES;
  const pictures = free >= 12 ? picturesIn(view, width, Math.min(free - 6, 15)) : undefined;
  const chartHeight = free - (pictures?.height ?? 0);
  return {
    height,
    width,
    small: true,
    gap: false,
    chart: { width, height: Math.max(0, chartHeight) },
    numbers: { width, height: 3 },
    stageList: false,
    pictures,
    features: undefined,
    latent: undefined,
    canSwitch: false,
  };
}

function panelLayout(view: View, { width, height }: PanelSize, choices: Choices): Layout {
  const body = height - FRAME_LINES;
  const wide = width >= WIDE;
  const hasLatent = view.latent !== null && view.latent.points.length > 0;
  const most = Math.min(Math.max(body - TOP_LINES - 3, 8, Math.floor(body * 0.55)), body - TOP_LINES, 34);
  const bottom = bottomPanels(view, { width, height: most }, hasLatent && !wide, choices);
  const gap = bottom.height > 0 && body - bottom.height > 9;
  const top = body - bottom.height - Number(gap);
  const topLatent = hasLatent && wide ? Math.min(64, Math.floor(width * 0.3), Math.max(30, 2 * top)) : 0;
  const numbers = Math.max(28, Math.min(width >= 110 ? 44 : 36, Math.floor(width * 0.44)));
  return {
    height,
    width,
    small: false,
    gap,
    chart: { width: width - numbers - GAP - (topLatent > 0 ? topLatent + GAP : 0), height: top },
    numbers: { width: numbers, height: top },
    stageList: view.trainings.length === 0 || (width >= 110 && top >= 9 + view.stages.length),
    pictures: bottom.pictures,
    features: bottom.features,
    latent: topLatent > 0 ? { place: "top", width: topLatent, height: top } : bottom.latent,
    canSwitch: bottom.canSwitch,
  };
}

/** Pictures, latent space, or both side by side, in the lower part; its height fits the content. */
function bottomPanels(
  view: View,
  { width, height }: PanelSize,
  hasLatent: boolean,
  { panel }: Choices,
): Pick<Layout, "pictures" | "features" | "latent" | "canSwitch"> & { height: number } {
  const latentFits = hasLatent && height >= LATENT_LINES;
  if (view.preview !== null && hasFeatures(view.preview)) {
    return featurePanels(view.preview, { width, height }, latentFits, panel);
  }
  const alone = picturesIn(view, width, height);
  const narrow = latentFits ? picturesIn(view, width - GAP - LATENT_WIDTH, height) : undefined;
  // Side by side, unless that makes the pictures smaller.
  const together = narrow !== undefined && narrow.grid.scale >= alone!.grid.scale;
  const canSwitch = latentFits && alone !== undefined && !together;
  const pictures = together ? narrow : canSwitch && panel === "latent" ? undefined : alone;
  const showsLatent = latentFits && (together || pictures === undefined);
  const used = pictures?.height ?? (showsLatent ? height : 0);
  const latentWidth = pictures === undefined ? width : width - pictures.width - GAP;
  return {
    pictures,
    features: undefined,
    latent: showsLatent ? { place: "bottom", width: latentWidth, height: used } : undefined,
    canSwitch,
    height: used,
  };
}

/** The fewest cells of features next to the latent space. */
const FEATURES_WIDTH = 56;

/** Features, latent space, or both side by side, in the lower part. */
function featurePanels(
  preview: PreviewView,
  { width, height }: PanelSize,
  latentFits: boolean,
  panel: Choices["panel"],
): Pick<Layout, "pictures" | "features" | "latent" | "canSwitch"> & { height: number } {
  const together = latentFits && width >= FEATURES_WIDTH + GAP + LATENT_WIDTH;
  const showsFeatures = together || !latentFits || panel !== "latent";
  const used = Math.max(
    0,
    Math.min(height, Math.max(featuresHeight(preview), latentFits ? LATENT_LINES : 0)),
  );
  const latentWidth = Math.min(64, Math.max(LATENT_WIDTH, Math.floor(width * 0.35)));
  return {
    pictures: undefined,
    features: showsFeatures
      ? { width: together ? width - GAP - latentWidth : width, height: used }
      : undefined,
    latent: latentFits && (together || !showsFeatures)
      ? { place: "bottom", width: together ? latentWidth : width, height: used }
      : undefined,
    canSwitch: latentFits && !together,
    height: used,
  };
}

function picturesIn(view: View, columns: number, lines: number): Layout["pictures"] {
  if (view.preview === null || view.preview.items.length === 0 || columns < 1) return undefined;
  if (hasFeatures(view.preview)) return undefined;
  const { height, width, channels, items } = view.preview;
  const corrupted = items.some((item) => picturesOf(item, { height, width, channels }).corrupted);
  const grid = pictureGrid({
    height,
    width,
    items: items.length,
    pictures: corrupted ? 3 : 2,
    columns,
    lines,
  });
  if (grid === undefined) return undefined;
  return { grid, corrupted, width: Math.min(columns, grid.across * grid.pitch), height: grid.lines };
}
