/** The functions and classes that a module of PyTorch defines. @module */

/** Definitions so far: equal ones are written once. */
export interface PythonDefinitions {
  /** The name of a function with a body. */
  functionOf(name: string, parameters: readonly string[], body: readonly string[]): string;
  /** The name of a module with the lines of its constructor and of `forward(self, x)`; `about`: what x is. */
  moduleOf(name: string, about: string, members: readonly string[], forward: readonly string[]): string;
  /** All of them, in order. */
  texts(): string[];
}

const indented = (lines: readonly string[], by: number) =>
  lines.map((line) => `${" ".repeat(by)}${line}\n`).join("");

/** Starts without any. */
export function pythonDefinitions(): PythonDefinitions {
  const names = new Map<string, string>();
  /** Two that differ have a number in the name of the second. */
  function defined(name: string, write: (name: string) => string): string {
    const key = write(name), found = names.get(key);
    if (found !== undefined) return found;
    const others = [...names.values()].filter((other) => other.replace(/_\d+$/, "") === name).length;
    const unique = others === 0 ? name : `${name}_${others + 1}`;
    names.set(key, unique);
    definitions.push(write(unique));
    return unique;
  }
  const definitions: string[] = [];
  return {
    functionOf: (name, parameters, body) =>
      defined(name, (unique) => `\ndef ${unique}(${parameters.join(", ")}):\n${indented(body, 4)}`),
    moduleOf: (name, about, members, forward) =>
      defined(name, (unique) => {
        const start = members.length === 0
          ? ""
          : `    def __init__(self):\n        super().__init__()\n${indented(members, 8)}\n`;
        return `\nclass ${unique}(nn.Module):  # ${about}\n${start}    def forward(self, x):\n${
          indented(forward, 8)
        }`;
      }),
    texts: () => definitions,
  };
}
