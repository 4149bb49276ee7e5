import { match, ok, strictEqual as equal } from "node:assert/strict";
import fc from "fast-check";
import { escapeHtml, html, raw, scriptJson, visible } from "../../src/report/html.ts";

Deno.test("html escapes every text, and leaves markup unchanged", () => {
  const name = `<script>alert("1")</script> & 'x'`;
  equal(
    html`<p title="${name}">${name}${raw("<b>")}${3}${[
      html`<i>${"<"}</i>`,
      "&",
    ]}${undefined}${null}${false}</p>`.markup,
    `<p title="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;">` +
      `&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;<b>3<i>&lt;</i>&amp;</p>`,
  );
});

Deno.test("visible writes invisible characters and direction marks as their codes", () => {
  equal(
    visible("a\u0000b\u001bc\u202ed\u200be\ud800f\u2028"),
    "a⟨U+0000⟩b⟨U+001B⟩c⟨U+202E⟩d⟨U+200B⟩e⟨U+D800⟩f⟨U+2028⟩",
  );
  equal(visible("tab\tline\nä 你好 🙂"), "tab\tline\nä 你好 🙂");
});

Deno.test("escapeHtml leaves nothing that a browser reads as markup", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const escaped = escapeHtml(text);
      ok(!/[<>"']/.test(escaped));
      // deno-lint-ignore no-control-regex -- the pattern matches them.
      ok(!/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(escaped));
      ok(escaped.isWellFormed());
    }),
    { numRuns: 2000 },
  );
});

Deno.test("scriptJson round-trips any value, and nothing in it can end the script", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = scriptJson(value).markup;
      equal(JSON.stringify(JSON.parse(text)), JSON.stringify(value));
      ok(!/[<>&\u2028\u2029]/.test(text));
    }),
  );
  match(scriptJson("</script><!--").markup, /^"\\u003c\/script\\u003e\\u003c!--"$/);
});
