// K = latent dimensions; W = cells of a column, M = cells of a mark.

/**
 * The health of the latent space as lines of text: the information in each latent dimension, and its distribution compared with the prior.
 *
 * @module
 */
import { countText, plural } from "../../core/amounts.ts";
import type { PanelSize } from "./layout.ts";
import {
  divergenceText,
  type Latent,
  latentDimensions,
  shortText,
  usageText,
  valueCell,
} from "./latent_dimensions.ts";
import { axisText, barText, markText } from "./marks.ts";
import { cut, fitWidth } from "../text/text.ts";
import { type ColorLevel, paint } from "../terminal/theme.ts";
import type { HealthView, View } from "../../run/fold/view.ts";
import { wrapWords } from "../text/wrap.ts";

/** Minimum and maximum width of a column; from `DIGITS` cells on, the numbers are shown after the marks. */
const LEAST = 32, DIGITS = 58, MOST = 96, GAP = 3;
const MARK = 13, WIDE_MARK = 17, VALUE = 6, NUMBERS = 14, BAR = 48;
/** Minimum nats of a full bar, so that tiny values have short bars. */
const LEAST_FULL = 0.5;
/** Standard deviations of the prior from the middle of a mark to its end. */
const REACH = 2;

/** The panel: what was measured, any problem, then one line per latent dimension, in as many columns as needed. */
export function healthLines(view: View, { width, height }: PanelSize, level: ColorLevel): string[] {
  const { health, divergence } = view;
  const alarm = (text: string) => wrapWords(text, width).map((line) => paint(level, "bad", line));
  const broken = divergence === null ? [] : [...alarm(`✖ ${divergenceText(divergence)}`), ""];
  if (health === null) {
    const words = "no health data yet: it is reported after epochs 1 to 10, 20, 30, ..., 100, 200, ...";
    return [...broken, ...wrapWords(words, width)].slice(0, height);
  }
  const title = `health of the latent space, epoch ${countText(health.epoch)}`;
  const measured = `  ${plural(health.images, `${health.split} sample`)}`;
  const isRoomy = title.length + measured.length <= width;
  const head = [
    ...broken,
    paint(level, "strong", cut(title, width)) + paint(level, "faint", isRoomy ? measured : ""),
    cut(usageText(health), width),
    ...(health.collapse === undefined ? [] : alarm(`! ${health.collapse}`)),
    paint(level, "faint", cut(LEGENDS[health.kl === undefined ? "ae" : "vae"], width)),
  ];
  return [...head, ...tableLines(health, { width, height: height - head.length }, level)].slice(0, height);
}

const LEGENDS = {
  vae: "bar: KL in nats   ├●┤ aggregate posterior, ┊ N(0, 1)",
  ae: "bar: standard deviation over samples   ├●┤ mean and spread",
};

/** A header and the latent dimensions; the last line gives the number of those that do not fit. */
function tableLines(health: HealthView, { width, height }: PanelSize, level: ColorLevel): string[] {
  const all = latentDimensions(health), isVariational = health.kl !== undefined;
  const room = Math.max(1, height - 1), most = Math.max(1, Math.floor((width + GAP) / (LEAST + GAP)));
  const across = Math.min(most, Math.ceil(all.length / room));
  const isCut = across * room < all.length, shown = isCut ? across * (room - 1) : all.length;
  const down = Math.ceil(shown / across);
  const columnWidth = Math.min(MOST, Math.floor((width + GAP) / across) - GAP);
  const column = columnOf(all, columnWidth, isVariational, level);
  const between = " ".repeat(GAP);
  const lines = Array.from(
    { length: down },
    (_, row) =>
      Array.from({ length: across }, (_, at) => all[at * down + row])
        .filter((one, at) => one !== undefined && at * down + row < shown)
        .map(column.row).join(between),
  );
  const rest = isCut ? [restText(all.slice(shown), isVariational)] : [];
  const header = Array.from({ length: Math.ceil(shown / Math.max(1, down)) }, () => column.header).join(
    between,
  );
  return [
    paint(level, "faint", header.trimEnd()),
    ...lines,
    ...rest.map((line) => paint(level, "faint", cut(line, width))),
  ];
}

function restText([first, ...others]: readonly Latent[], isVariational: boolean): string {
  const unit = isVariational ? " nats" : "";
  return `${countText(1 + others.length)} more, at most ${
    first.value === null ? "?" : valueCell(first.value)
  }${unit} each`;
}

/** The layout of a column of `width` cells. */
function columnOf(all: readonly Latent[], width: number, isVariational: boolean, level: ColorLevel) {
  const name = 1 + `${all.length}`.length, hasDigits = width >= DIGITS;
  const mark = hasDigits ? WIDE_MARK : MARK;
  const bar = Math.min(BAR, Math.max(0, width - name - VALUE - mark - 4 - (hasDigits ? NUMBERS : 0)));
  const largest = Math.max(isVariational ? LEAST_FULL : 0, ...all.map(({ value }) => value ?? 0));
  // An AE has no prior: its axis covers the range of its values.
  const reach = isVariational ? REACH : all.reduce((far, one) => Math.max(far, farthest(one)), 0) || 1;
  const axis = { cells: mark, reach, ticks: isVariational ? [-1, 1] : [0] };
  return {
    header: fitWidth(
      fitWidth("", name + 1) + fitWidth(isVariational ? "KL, nats" : "std", VALUE + 1 + bar) + "  " +
        axisText(axis) +
        (hasDigits ? "   mean spread" : ""),
      width,
    ),
    row(latent: Latent): string {
      const { value, mean, spread, isUsed } = latent;
      const text = `${fitWidth(latent.name, name)} ${
        (value === null ? "?" : valueCell(value)).padStart(VALUE)
      } `;
      const filled = fitWidth(barText((value ?? 0) / (largest || 1), bar), bar);
      const digits = hasDigits ? ` ${shortText(mean).padStart(6)} ${shortText(spread).padStart(6)}` : "";
      return paint(level, isUsed ? "validation" : "faint", text + filled) + "  " + markText(latent, axis) +
        digits;
    },
  };
}

function farthest({ mean, spread }: Latent): number {
  return Math.abs(mean ?? 0) + (spread ?? 0);
}
