/** A reader of ONNX files, for the part of the format that tests check. @module */

/** A node of the file. */
export interface OnnxNode {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, number | number[]>>;
}

/** The content of a file. */
export interface OnnxFile {
  readonly irVersion: number;
  readonly operatorSet: number;
  readonly nodes: readonly OnnxNode[];
  readonly tensors: Readonly<Record<string, { dimensions: number[]; numbers: number[] }>>;
  readonly inputs: Readonly<Record<string, (number | string)[]>>;
  readonly outputs: Readonly<Record<string, (number | string)[]>>;
}

type Content = number | Uint8Array<ArrayBuffer>;
type Message = Map<number, Content[]>;

/** The fields of a message by their numbers. */
function fieldsOf(bytes: Uint8Array): Message {
  const fields: Message = new Map(), view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  const varint = (): number => {
    let value = 0, factor = 1, byte: number;
    do {
      byte = bytes[at++];
      value += (byte & 127) * factor;
      factor *= 128;
    } while (byte > 127);
    return value;
  };
  while (at < bytes.length) {
    const tag = varint(), wire = tag & 7;
    let content: Content;
    if (wire === 0) content = varint();
    else if (wire === 5) content = view.getFloat32((at += 4) - 4, true);
    else if (wire === 2) {
      const length = varint();
      content = bytes.slice(at, at += length);
    } else throw new Error(`wire type ${wire} at ${at}`);
    fields.set(tag >> 3, [...fields.get(tag >> 3) ?? [], content]);
  }
  if (at !== bytes.length) throw new Error(`a field ends at ${at} of ${bytes.length}`);
  return fields;
}

const text = (content: Content) => new TextDecoder().decode(content as Uint8Array<ArrayBuffer>);
const all = (message: Message, field: number) => message.get(field) ?? [];
const messages = (message: Message, field: number) =>
  all(message, field).map((content) => fieldsOf(content as Uint8Array));
const first = (message: Message, field: number) => all(message, field)[0];

/** Reads a file; the field numbers are those of onnx.proto3. */
export function readOnnx(bytes: Uint8Array): OnnxFile {
  const model = fieldsOf(bytes), [graph] = messages(model, 7), [operators] = messages(model, 8);
  return {
    irVersion: first(model, 1) as number,
    operatorSet: first(operators, 2) as number,
    nodes: messages(graph, 1).map(nodeOf),
    tensors: Object.fromEntries(
      messages(graph, 5).map((tensor) => [text(first(tensor, 8)), tensorOf(tensor)]),
    ),
    inputs: Object.fromEntries(messages(graph, 11).map(infoOf)),
    outputs: Object.fromEntries(messages(graph, 12).map(infoOf)),
  };
}

function nodeOf(node: Message): OnnxNode {
  const attributes = messages(node, 5).map((attribute) => {
    const type = first(attribute, 20) as number, name = text(first(attribute, 1));
    if (type === 7) return [name, packed(first(attribute, 8))];
    return [name, first(attribute, type === 2 ? 3 : 2)];
  });
  return {
    type: text(first(node, 4)),
    inputs: all(node, 1).map(text),
    outputs: all(node, 2).map(text),
    attributes: Object.fromEntries(attributes),
  };
}

function tensorOf(tensor: Message): { dimensions: number[]; numbers: number[] } {
  const raw = first(tensor, 9) as Uint8Array<ArrayBuffer> | undefined;
  return {
    dimensions: packed(first(tensor, 1)),
    numbers: raw === undefined ? packed(first(tensor, 7)) : [...new Float32Array(raw.buffer)],
  };
}

function packed(content: Content): number[] {
  const numbers: number[] = [];
  let value = 0, factor = 1;
  for (const byte of content as Uint8Array) {
    value += (byte & 127) * factor;
    factor *= 128;
    if (byte > 127) continue;
    numbers.push(value);
    [value, factor] = [0, 1];
  }
  return numbers;
}

function infoOf(info: Message): [string, (number | string)[]] {
  const [tensor] = messages(messages(info, 2)[0], 1), [shape] = messages(tensor, 2);
  const sizes = messages(shape, 1).map((size) =>
    size.has(1) ? first(size, 1) as number : text(first(size, 2))
  );
  return [text(first(info, 1)), sizes];
}
