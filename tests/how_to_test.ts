/** docs/how-to.md has a line per task; each command in it is run here, in a short form. */
import { match, ok, strictEqual as equal } from "node:assert/strict";
import { parse as parseCsv } from "csv-parse/sync";
import { readJson, ROOT, runProgram, withRunsFolder } from "./support/program.ts";

/** The commands of a section, in order: a code in the second column that starts a task, without `deno task`. */
function commandsOf(section: string): string[][] {
  const text = Deno.readTextFileSync(`${ROOT}docs/how-to.md`);
  const [, lines] = new RegExp(`^## ${section}\n([\\s\\S]*?)(?=^## |$(?![\\s\\S]))`, "m").exec(text) ?? [];
  ok(lines !== undefined, `docs/how-to.md must have a section "${section}"`);
  return [...lines.matchAll(/`deno task (?:-q )?([^`]+)`/g)].map(([, command]) => command.split(" "));
}

Deno.test("docs/how-to.md gets curves and numbers out as it says", () =>
  withRunsFolder(async (runs) => {
    const short = ["--runs", runs, "--engine", "wasm", "--ui", "plain", "--set", "train.epochs=2"];
    const commands = commandsOf("Curves and numbers out");
    equal(commands.length, 5);
    for (const [task, ...args] of commands) {
      const words = args.slice(0, args.includes(">") ? args.indexOf(">") : undefined).map((word) =>
        // DVC's files go into a folder of the test, and the run is the test's own.
        word === "." ? `${runs}/dvc` : word.replace(/^runs\b/, runs)
      );
      const more = task === "run" ? short : task === "runs" ? ["--runs", runs] : [];
      const { code, stdout, stderr } = await runProgram(task as "run", [...words, ...more]);
      equal(code, 0, `${task} ${words.join(" ")}: ${stderr}`);
      const last = [...Deno.readDirSync(`${ROOT}${runs}/glyphs-ae`)].map(({ name }) => name).sort().at(-1)!;
      const run = `${ROOT}${runs}/glyphs-ae/${last}`;
      if (args.includes("--tensorboard")) {
        match(
          [...Deno.readDirSync(`${run}/tensorboard`)].map(({ name }) => name).join(),
          /^events\.out\.tfevents/,
        );
      } else if (args.includes("--csv")) {
        equal(parseCsv(stdout, { columns: true }).length, 2);
      } else if (args.includes("--dvc")) {
        ok(Number.isFinite(readJson(`${ROOT}${runs}/dvc/metrics.json`).evaluate.mse));
      }
      for (const table of ["metrics.csv", "curves.csv"]) {
        ok(parseCsv(Deno.readTextFileSync(`${run}/artifacts/${table}`), { columns: true }).length > 0);
      }
    }
  }));

Deno.test("docs/how-to.md reads tables as it says", () =>
  withRunsFolder(async (runs) => {
    const commands = commandsOf("Tables");
    equal(commands.length, 4);
    const own = `${ROOT}${runs}/own.csv`;
    Deno.mkdirSync(`${ROOT}${runs}`, { recursive: true });
    const text = Deno.readTextFileSync(`${ROOT}data/breast_cancer.csv`).replaceAll("tumour", "mine");
    Deno.writeTextFileSync(own, text);
    for (const [task, ...args] of commands) {
      const words = args.map((word) => word.replace("FILE", own));
      const short = task === "plan"
        ? []
        : ["--runs", runs, "--engine", "wasm", "--ui", "plain", "--set", "train.epochs=2"];
      const { code, stdout, stderr } = await runProgram(task as "run", [...words, ...short]);
      equal(code, 0, `${task} ${words.join(" ")}: ${stderr}`);
      if (task === "plan") {
        match(stdout, /features: mean radius \(number\), mean texture \(number\)/);
        continue;
      }
      const last = [...Deno.readDirSync(`${ROOT}${runs}/table-anomaly`)].map(({ name }) => name).sort().at(
        -1,
      )!;
      const table = `${ROOT}${runs}/table-anomaly/${last}/artifacts/anomaly.csv`;
      const rows: Record<string, string>[] = parseCsv(Deno.readTextFileSync(table), { columns: true });
      equal(rows.length, 319);
      match(rows[0].name, words.includes(`load.source.file=${own}`) ? /^mine/ : /^tumour/);
      ok(rows[0].feature1 !== "" && Number.isFinite(Number(rows[0].expected1)));
    }
  }));
