import { deepStrictEqual as deepEqual, match, rejects, strictEqual as equal } from "node:assert/strict";
import { openDecisionLog, readDecisions } from "../../../src/sweep/early/decision_log.ts";
import { until } from "../../support/until.ts";
import { withFolder } from "../../run/temporary.ts";

const of = (trial: string) => ({ trial, complete: true }) as const;
const HEAD = `{"schema":1}\n`;

Deno.test("openDecisionLog() appends what is made of all entries so far, also those of other logs", async () => {
  await withFolder(async (folder) => {
    const first = openDecisionLog(folder), second = openDecisionLog(folder);
    deepEqual(await readDecisions(folder), []);
    await first.append(() => of("a"));
    await second.append((entries) => of(`${entries.length} before`));
    await first.append((entries) => of(`${entries.length} before`));
    await first.append(() => undefined);
    deepEqual(await readDecisions(folder), [of("a"), of("1 before"), of("2 before")]);
  });
});

Deno.test("openDecisionLog() removes half a line of a process that was killed, and a head that is not whole", async () => {
  await withFolder(async (folder) => {
    const file = `${folder}/decisions.jsonl`;
    for (const [broken, whole] of [[`${HEAD}{"trial":"x","comp`, HEAD], [`{"sch`, HEAD], ["", HEAD]]) {
      Deno.writeTextFileSync(file, broken);
      deepEqual(await readDecisions(folder), []);
      await openDecisionLog(folder).append(() => of("a"));
      equal(Deno.readTextFileSync(file), `${whole}{"trial":"a","complete":true}\n`);
    }
  });
});

Deno.test("openDecisionLog() refuses damage and other versions with the file's name, and leaves them", async () => {
  await withFolder(async (folder) => {
    const file = `${folder}/decisions.jsonl`;
    for (
      const [content, message] of [
        [`${HEAD}nonsense\n`, /decisions\.jsonl" must hold the decisions of early stopping, got: nonsense/],
        [`${HEAD}{"trial":"a"}\n`, /must hold the decisions of early stopping, got: \{"trial":"a"\}/],
        [`{"schema":2}\n`, /must have decisions schema 1, got 2: a newer version wrote it/],
      ] as const
    ) {
      Deno.writeTextFileSync(file, content);
      await rejects(openDecisionLog(folder).append(() => of("a")), message);
      await rejects(readDecisions(folder), message);
      equal(Deno.readTextFileSync(file), content);
    }
  });
});

Deno.test("openDecisionLog() keeps the entries of three processes whole and in one order, though one is killed", async () => {
  await withFolder(async (folder) => {
    const code = `
import { openDecisionLog } from ${
      JSON.stringify(import.meta.resolve("../../../src/sweep/early/decision_log.ts"))
    };
const log = openDecisionLog(Deno.args[0]);
for (let at = 0; at < Number(Deno.args[2]); at++) {
  await log.append((entries) => ({ trial: Deno.args[1] + " after " + entries.length, complete: true }));
}`;
    const program = `${folder}/append.ts`;
    Deno.writeTextFileSync(program, code);
    const config = new URL("../../../deno.json", import.meta.url).pathname;
    // The first writes until it is killed.
    const started = ([["a", Infinity], ["b", 60], ["c", 60]] as const).map(([name, count]) =>
      new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "-A",
          "--quiet",
          "--no-lock",
          "--no-check",
          `--config=${config}`,
          program,
          folder,
          name,
          String(count),
        ],
      }).spawn()
    );
    const isWritten = async () => {
      const entries = await readDecisions(folder);
      return entries.length >= 10 && entries.some(({ trial }) => trial.startsWith("a"));
    };
    await until(isWritten, "ten entries, one of the first process").finally(() => started[0].kill("SIGKILL"));
    const [first, second, third] = await Promise.all(started.map(({ status }) => status));
    equal(first.signal, "SIGKILL");
    equal(second.success && third.success, true);
    const entries = await readDecisions(folder);
    for (const [at, { trial }] of entries.entries()) match(trial, new RegExp(`^[abc] after ${at}$`));
    equal(entries.filter(({ trial }) => trial.startsWith("b")).length, 60);
    equal(entries.filter(({ trial }) => trial.startsWith("c")).length, 60);
  });
});
