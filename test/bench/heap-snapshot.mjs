/** A heap snapshot of Chromium's DevTools protocol, as sums. Format: V8's `heap-snapshot-generator.cc`. */

/** Own bytes of all nodes of the heap by their type: "object", "string", "code", "native", … */
export async function bytesByType(session) {
  const chunks = [];
  const collect = ({ chunk }) => chunks.push(chunk);
  session.on("HeapProfiler.addHeapSnapshotChunk", collect);
  await session.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  session.off("HeapProfiler.addHeapSnapshotChunk", collect);
  const { snapshot, nodes } = JSON.parse(chunks.join(""));
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [typeAt, sizeAt] = [fields.indexOf("type"), fields.indexOf("self_size")];
  const bytes = new Map();
  for (let at = 0; at < nodes.length; at += fields.length) {
    const type = types[typeAt][nodes[at + typeAt]];
    bytes.set(type, (bytes.get(type) ?? 0) + nodes[at + sizeAt]);
  }
  return bytes;
}
