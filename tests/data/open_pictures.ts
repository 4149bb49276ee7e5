/**
 * Opens a folder of pictures in a process of its own, and prints what it logs and then the data set, a line of JSON each.
 *
 *     deno run ... open_pictures.ts FOLDER MEMORY [OPTIONS]
 *
 * @module
 */
import { openSource, SourceSpec } from "../../src/data/source.ts";
import { images } from "../../src/data/images.ts";
import { messageOf } from "../../src/core/errors.ts";

const [folder, memory, options = "{}"] = Deno.args;
const print = (line: unknown) => Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(line) + "\n"));
try {
  const spec = SourceSpec.parse(images(folder, JSON.parse(options)));
  const { train, test } = await openSource(spec, {
    seed: 1,
    memory: Number(memory),
    log: (text) => print({ log: text }),
  });
  const part = ({ count, file, labels, names }: typeof train) => ({
    count,
    file,
    labels: [...labels ?? []],
    names,
  });
  print({ train: part(train), test: part(test) });
} catch (thrown) {
  print({ error: messageOf(thrown) });
}
