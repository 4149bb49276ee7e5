import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import fc from "fast-check";
import { parse } from "yaml";
import { yaml } from "../../../src/export/tables/yaml.ts";
import { hasPython, needsPython, python } from "../../support/python.ts";

/** Texts that a reader of YAML 1.1 or 1.2 would take for something else. */
const TRICKY = [
  ...[
    "yes",
    "No",
    "on",
    "OFF",
    "y",
    "N",
    "true",
    "Null",
    "~",
    "",
    " ",
    "null",
    "12:30",
    "12:30:45",
    "2001-01-01",
  ],
  ...[
    "1e-7",
    "1E5",
    ".5",
    "0x1F",
    "0o17",
    "017",
    "1_000",
    "-1",
    "+1",
    ".inf",
    "-.Inf",
    ".nan",
    "=",
    "<<",
    "- a",
  ],
  ...[
    "a: b",
    "a #b",
    "#a",
    "[a]",
    "{a}",
    "*a",
    "&a",
    "!a",
    "%a",
    "@a",
    "`a",
    "'a'",
    '"a"',
    "a\nb",
    "a\tb",
    "? a",
  ],
  ...[
    "\u0085",
    "\u2028",
    "\ufeffa",
    "\x7f",
    "ü",
    "数",
    "😀",
    "a,b",
    "---",
    "...",
    "a ",
    " a",
    "a  b",
    "|",
    ">",
    "0b1",
  ],
];

const DOCUMENT = {
  seed: 42,
  small: 1e-7,
  smaller: -2.5e-300,
  large: 1e21,
  huge: 12345678901234567000,
  zero: 0,
  nothing: null,
  flags: { on: true, off: false },
  empty: {},
  none: [],
  encoder: [784, "relu", [1, "no"], null],
  layers: [{ kind: "dense", units: 5 }, { kind: "residual", layers: [{ kind: "y" }] }, {}, [], [[{ a: 1 }]]],
  texts: TRICKY,
  ...Object.fromEntries(TRICKY.map((text) => [`${text}!`, 1])),
  keys: Object.fromEntries(TRICKY.map((text, place) => [text, place])),
};

Deno.test("yaml() writes options as a person would", () => {
  const options = {
    epochs: 5,
    patience: null,
    model: { encoder: [784, 400], loss: "mse" },
    until: "mse < 0.1",
  };
  equal(
    yaml({ train: options }),
    'train:\n  epochs: 5\n  patience: null\n  model:\n    encoder: [784, 400]\n    loss: mse\n  until: "mse < 0.1"\n',
  );
});

for (const version of ["1.2", "1.1"] as const) {
  Deno.test(`yaml() is read back by a reader of YAML ${version}`, () => {
    const read = (value: unknown) => parse(yaml(value), { version, merge: false, uniqueKeys: true });
    deepEqual(read(DOCUMENT), DOCUMENT);
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(...TRICKY));
    const leaf = fc.oneof(text, fc.double({ noNaN: true }), fc.integer(), fc.boolean(), fc.constant(null));
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie("tree")), fc.dictionary(text, tie("tree"))),
    }));
    fc.assert(fc.property(tree, (value) => {
      deepEqual(JSON.stringify(read(value)), JSON.stringify(value));
    }));
  });
}

Deno.test({
  name: `yaml() is read back by PyYAML, which reads YAML 1.1 ${needsPython("yaml")}`,
  ignore: !hasPython("yaml"),
  async fn() {
    const file = await Deno.makeTempFile({ suffix: ".yaml" });
    try {
      Deno.writeTextFileSync(file, yaml(DOCUMENT));
      deepEqual(
        python(
          "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1], encoding='utf-8'))))",
          file,
        ),
        DOCUMENT,
      );
    } finally {
      await Deno.remove(file);
    }
  },
});
