/** Writes pictures of the explorer into the artifacts of the run. @module */
import { messageOf, RunError } from "../../core/errors.ts";
import { writeFileAtomically } from "../../core/files.ts";
import { encodeGif, encodePng } from "../../export/pictures.ts";
import { defaultScale, strip, tilesOfBytes } from "../../export/sheet.ts";
import type { ExplorerModel } from "../../ui/explorer/model.ts";

/** How long a GIF shows each picture, in milliseconds. */
const FRAME_MS = 60;

/** The writing part of the explorer's model: files `artifacts/explore-<number>.png` and `.gif`, whole or not at all. */
export function artifactWriter(
  folder: string,
  { height, width, channels, decode }: Pick<ExplorerModel, "height" | "width" | "channels" | "decode">,
): Pick<ExplorerModel, "writePicture" | "writeAnimation"> {
  const scale = 2 * defaultScale(height, width);
  const pictureOf = (point: readonly number[]) =>
    strip(tilesOfBytes(decode(point), { height, width, channels }), { scale });
  async function write(ending: string, bytes: Uint8Array): Promise<string> {
    const artifacts = `${folder}/artifacts`, path = `${artifacts}/explore-${nextNumber(artifacts)}.${ending}`;
    await writeFileAtomically(path, bytes);
    return path;
  }
  return {
    writePicture: (point) => write("png", encodePng(pictureOf(point))),
    writeAnimation(points) {
      const frames = points.map(pictureOf);
      // Forward and backward, so that the loop has no jump.
      return write("gif", encodeGif([...frames, ...frames.slice(1, -1).reverse()], { delayMs: FRAME_MS }));
    },
  };
}

/** One more than the highest number of existing files, so that none is overwritten. */
function nextNumber(artifacts: string): string {
  try {
    Deno.mkdirSync(artifacts, { recursive: true });
    const numbers = [...Deno.readDirSync(artifacts)].map(({ name }) =>
      Number(/^explore-(\d+)\./.exec(name)?.[1] ?? 0)
    );
    return String(Math.max(0, ...numbers) + 1).padStart(3, "0");
  } catch (thrown) {
    throw new RunError(`Cannot write to "${artifacts}": ${messageOf(thrown)}`);
  }
}
