/** A small folder in the form of CIFAR-10's binary version. @module */

/** A batch: a label and three planes of 32x32 bytes for each picture, in two shades by its label and number. */
function batch(first: number, count: number): Uint8Array {
  const bytes = new Uint8Array(count * 3073);
  for (let at = 0; at < count; at++) {
    const label = (first + at) % 10, start = at * 3073;
    bytes[start] = label;
    bytes.fill(25 * label, start + 1, start + 1 + 2048);
    bytes.fill(255 - (first + at) % 200, start + 1 + 2048, start + 3073);
  }
  return bytes;
}

/** Writes five batches of 20 pictures to train on and one to test. */
export function writeCifar(folder: string): void {
  Deno.mkdirSync(folder, { recursive: true });
  for (let part = 1; part <= 5; part++) {
    Deno.writeFileSync(`${folder}/data_batch_${part}.bin`, batch(20 * part, 20));
  }
  Deno.writeFileSync(`${folder}/test_batch.bin`, batch(3, 20));
}
