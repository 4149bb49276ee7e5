/** @jsxRuntime automatic */
/** @jsxImportSource react */
/** @jsxImportSourceTypes @types/react */
/** Previews: the target, the input of the model, and its reconstruction. @module */
import { Box } from "ink";
import { memo } from "react";
import { type Grid, ITEM_GAP, PICTURE_GAP } from "../drawing/grid.ts";
import type { PanelSize } from "../panels/layout.ts";
import { pictureLines, picturesOf, type PreviewItem } from "../drawing/raster.ts";
import { fitWidth } from "../text/text.ts";
import { type ColorLevel, paint } from "../terminal/theme.ts";
import type { PreviewView } from "../../run/fold/view.ts";
import { Lines } from "./lines.tsx";

/** Items in a grid, from `offset` on. */
export const PicturesPanel = memo(function PicturesPanel(
  { preview, layout, offset, level }: {
    preview: PreviewView;
    layout: PanelSize & { grid: Grid; corrupted: boolean };
    offset: number;
    level: ColorLevel;
  },
) {
  const { grid, corrupted, width, height } = layout;
  const { across, down, pitch } = grid;
  const first = firstItem(preview, grid, offset);
  const items = preview.items.slice(first, first + across * down);
  const rows = Array.from({ length: down }, (_, row) => items.slice(row * across, (row + 1) * across));
  return (
    <Box flexDirection="column" flexShrink={0} width={width} height={height} overflow="hidden">
      {rows.map((row, index) => (
        <Box key={index} flexShrink={0}>
          {row.map((item, column) => {
            const room = Math.min(pitch, width - column * pitch);
            return (
              <Lines
                key={column}
                width={room}
                lines={itemLines(item, preview, { ...grid, room }, corrupted, level)}
              />
            );
          })}
        </Box>
      ))}
    </Box>
  );
});

/** The first item to show, so that the last page is full. */
export function firstItem({ items }: PreviewView, { across, down }: Grid, offset: number): number {
  return Math.max(0, Math.min(offset, items.length - across * down));
}

function itemLines(
  item: PreviewItem,
  { height, width, channels }: PreviewView,
  { scale, pictureWidth, room }: Grid & { readonly room: number },
  corrupted: boolean,
  level: ColorLevel,
): string[] {
  const shape = { height, width, channels };
  const { target, input, output, wrong, mse } = picturesOf(item, shape);
  const draw = (picture: Uint8Array, wanted: Uint8Array | null) =>
    pictureLines(picture, wanted, { ...shape, scale, level });
  const drawn = [draw(target, null), ...(corrupted ? [draw(input, null)] : []), draw(output, target)];
  const gap = " ".repeat(PICTURE_GAP);
  // The last title may extend into the gap to the next item.
  const before = (drawn.length - 1) * (pictureWidth + PICTURE_GAP);
  const wide = Math.min(pictureWidth + ITEM_GAP - 1, room - before);
  const titles = [
    paint(level, "strong", fitWidth(pictureWidth < 8 ? item.label : `target ${item.label}`, pictureWidth)),
    ...(corrupted ? [fitWidth("input", pictureWidth)] : []),
    wrong === undefined
      ? paint(level, "strong", fitWidth(fitting(errorTexts(mse), wide), wide))
      : paint(level, wrong === 0 ? "good" : "bad", fitWidth(fitting(wrongTexts(wrong), wide), wide)),
  ];
  return [titles.join(gap), ...drawn[0].map((_, line) => drawn.map((lines) => lines[line]).join(gap))];
}

/** `reconstruction, 68 px wrong`, and shorter. */
function wrongTexts(wrong: number): string[] {
  if (wrong === 0) return ["reconstruction ✔", "✔"];
  return [`reconstruction, ${wrong} px wrong`, `${wrong} px wrong`, `${wrong} px`];
}

/** `reconstruction, MSE 0.012`, and shorter: pixels in colour are nearer or farther, and not right or wrong. */
function errorTexts(mse: number): string[] {
  const text = mse.toPrecision(2);
  return [`reconstruction, MSE ${text}`, `MSE ${text}`, text];
}

/** The first text that fits, else the shortest. */
function fitting(texts: readonly string[], width: number): string {
  return texts.find((text) => text.length <= width) ?? texts.at(-1)!;
}
