import { deepStrictEqual as deepEqual, match, ok, strictEqual as equal } from "node:assert/strict";
import { ROOT } from "./support/program.ts";
import { parsedDocuments, schemaFaults } from "./support/schemas.ts";
import { cronLines, gitlabFiles, systemdUnits, workflows } from "./support/examples.ts";

/** The one document of a file. */
function parsed(text: string) {
  const [document, ...more] = parsedDocuments(text);
  deepEqual(more, []);
  return document;
}

/** What the published schema of GitHub Actions' workflows finds wrong. */
const workflowFaults = (text: string) => schemaFaults("github", parsed(text));

Deno.test("the schema of GitHub Actions finds a workflow that lacks `on`, and braces that YAML reads as a map", () => {
  const job = "jobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo\n";
  deepEqual(workflowFaults(`on: push\n${job}`), []);
  match(workflowFaults(job).join(), /must have required property 'on'/);
  const braces = `${job}        with: { key: runs-\${{ github.run_id }}, restore-keys: runs- }\n`;
  let refused = false;
  try {
    refused = workflowFaults(`on: push\n${braces}`).length > 0;
  } catch {
    refused = true;
  }
  ok(refused);
});

Deno.test("examples of GitHub Actions are valid by its published schema", () => {
  ok(workflows().length >= 1);
  for (const { document, text } of workflows()) deepEqual(workflowFaults(text), [], document);
});

Deno.test("ci.yml is valid by the published schema, names a version of each action, and runs the gate", () => {
  const text = Deno.readTextFileSync(`${ROOT}.github/workflows/ci.yml`);
  deepEqual(workflowFaults(text), []);
  const { steps } = parsed(text).jobs.gate as { steps: { uses?: string; run?: string }[] };
  for (const { uses } of steps) if (uses !== undefined) match(uses, /^[\w-]+\/[\w-]+@v\d+\.\d+\.\d+$/);
  const [{ run }] = steps.filter(({ run }) => run !== undefined);
  ok((Deno.statSync(`${ROOT}${run}`).mode! & 0o111) !== 0, `${run} must be executable`);
});

Deno.test("examples of GitLab CI are valid by its published schema, and jobs' scripts are lists of commands", () => {
  ok(gitlabFiles().length >= 1);
  for (const { text, document } of gitlabFiles()) {
    deepEqual(schemaFaults("gitlab", parsed(text)), [], document);
    for (const job of Object.values(parsed(text)) as { script: unknown[]; image: unknown }[]) {
      equal(typeof job.image, "string");
      ok(job.script.length > 0 && job.script.every((command) => typeof command === "string"));
    }
  }
});

Deno.test("examples of cron have five fields within their ranges, and no % that cron would take for a new line", () => {
  ok(cronLines().length >= 1);
  const highest = [59, 23, 31, 12, 7];
  for (const { fields, command } of cronLines()) {
    fields.forEach((field, place) =>
      ok(field === "*" || Number(field) <= highest[place], `${field} in ${fields}`)
    );
    ok(!command.includes("%"), command);
  }
});

Deno.test("examples of systemd hold only lines of the form Key=value below a section", () => {
  ok(systemdUnits().length >= 2);
  for (const { file, text } of systemdUnits()) {
    match(file, /\.(service|timer)$/);
    for (const line of text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))) {
      match(line, /^\[\w+\]$|^[A-Z]\w+=\S/, file);
    }
  }
});
