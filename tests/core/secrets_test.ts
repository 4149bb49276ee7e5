import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import {
  hideSecrets,
  redact,
  redactArguments,
  redactDeep,
  rememberSecret,
  SECRET_OPTIONS,
} from "../../src/core/secrets.ts";

Deno.test("redact() removes user names, passwords and keys from every address, and nothing else", () => {
  const cases: [string, string][] = [
    ["get https://u:pw@host/x failed", "get https://[redacted]@host/x failed"],
    ["https://TOKEN@host:8080/x", "https://[redacted]@host:8080/x"],
    ["s3://a:b@c@host/x", "s3://[redacted]@host/x"],
    ["https://h/x?a=1&api_key=K&b=2", "https://h/x?a=1&api_key=[redacted]&b=2"],
    ["https://h/x?access_token=K#top", "https://h/x?access_token=[redacted]#top"],
    ["https://h/x?X-Amz-Signature=K", "https://h/x?X-Amz-Signature=[redacted]"],
    ["https://h/x?keyword=K", "https://h/x?keyword=K"],
    ["see https://host/a@b", "see https://host/a@b"],
    ["evaluate.mse = 3 @ 0.5", "evaluate.mse = 3 @ 0.5"],
  ];
  for (const [text, harmless] of cases) equal(redact(text), harmless);
});

Deno.test("redact() removes an address that was remembered in each of its forms", () => {
  rememberSecret("HTTPS://user:p%40ssword@Hooks.example:443/services/T0/abcdef0123456789xyz?x=1");
  for (
    const text of [
      "error for url (https://user:p%40ssword@hooks.example/services/T0/abcdef0123456789xyz?x=1): no",
      "error for url (https://hooks.example/services/T0/abcdef0123456789xyz?x=1): no",
      "path /services/T0/abcdef0123456789xyz",
      "abcdef0123456789xyz",
      "p@ssword",
      "HTTPS://user:p%40ssword@Hooks.example:443/services/T0/abcdef0123456789xyz?x=1",
    ]
  ) ok(!/abcdef|ssword/.test(redact(text)), redact(text));
  rememberSecret("http://host/train");
  equal(redact("train  epoch 1, http://host/train"), "train  epoch 1, [redacted]", "a plain word stays");
});

Deno.test("redactDeep() redacts in arrays and objects and keeps values that are not strings", () => {
  deepEqual(redactDeep({ a: ["ftp://u:p@h/x", 1, null], b: { c: true } }), {
    a: ["ftp://[redacted]@h/x", 1, null],
    b: { c: true },
  });
});

Deno.test("redactArguments() removes the value of each secret option, in both of its forms", () => {
  for (const option of Object.keys(SECRET_OPTIONS)) {
    const clean = ["run", "x.ts", `${option}=[redacted]`, "--seed", "1"];
    deepEqual(redactArguments(["run", "x.ts", option, "http://h/TOKEN", "--seed", "1"]), clean);
    deepEqual(redactArguments(["run", "x.ts", `${option}=http://h/TOKEN`, "--seed", "1"]), clean);
    deepEqual(redactArguments(clean), clean, "twice is once");
    deepEqual(redactArguments([option]), [`${option}=[redacted]`]);
  }
  deepEqual(redactArguments(["--set", "load.from=https://u:p@h/x"]), [
    "--set",
    "load.from=https://[redacted]@h/x",
  ]);
});

Deno.test("hideSecrets() moves the values of secret options into the environment", () => {
  deepEqual(hideSecrets(["run", "x.ts", "--webhook", "http://h/T", "--ui=off"]), {
    words: ["run", "x.ts", "--ui=off"],
    env: { HOURGLASS_WEBHOOK: "http://h/T" },
  });
  deepEqual(hideSecrets(["run", "--webhook=http://h/a=b"]).env, { HOURGLASS_WEBHOOK: "http://h/a=b" });
});
