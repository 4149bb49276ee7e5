/** Plain data as a YAML file with comments. @module */
import { Document, isMap, isScalar, Scalar, visit } from "yaml";

/** Comments of a file, by the keys above which they stand: `"jobs.sweep"`. */
type Comments = Readonly<Record<string, string>>;

/**
 * A YAML document with comments at its head and above some keys. What a reader of YAML 1.1 (GitLab, Kubernetes) would not take for a text
 * is quoted; texts of several lines are blocks.
 */
export function yamlFile(data: unknown, head: readonly string[], comments: Comments = {}): string {
  const document = new Document(data, {
    version: "1.2",
    compat: "yaml-1.1",
    aliasDuplicateObjects: false,
  });
  document.commentBefore = spaced(head.join("\n"));
  for (const [path, comment] of Object.entries(comments)) {
    keyAt(document, path).commentBefore = spaced(comment);
  }
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === "string" && node.value.includes("\n")) node.type = Scalar.BLOCK_LITERAL;
    },
  });
  return document.toString({ lineWidth: 0 });
}

function keyAt(document: Document, path: string): Scalar {
  const keys = path.split("."), last = keys.pop();
  const parent = keys.length === 0 ? document.contents : document.getIn(keys);
  const key = isMap(parent)
    ? parent.items.find(({ key }) => isScalar(key) && key.value === last)?.key
    : undefined;
  if (isScalar(key)) return key;
  throw new Error(`"${path}" must be a key of the document`);
}

/** Lines as a comment has them after its `#`. */
function spaced(text: string): string {
  return text.split(/\r\n|[\r\n]/).map((line) => line === "" ? "" : ` ${line}`).join("\n");
}
