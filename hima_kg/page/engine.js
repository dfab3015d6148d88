// What runs in the worker, behind the vendored script that sets `oxigraph`: it takes the graph, then one query after another.

let store = null;

function load({ wasm, quads }) {
  oxigraph.initSync({ module: wasm });
  store = new oxigraph.Store();
  store.load(quads, { format: "application/n-quads", lenient: true, no_transaction: true });
  return { size: store.size };
}

function answer({ text, graph }) {
  if (graph) return { triples: store.query(text).map((quad) => [quad.subject, quad.predicate, quad.object].map(String)) };
  const { head, boolean, results } = JSON.parse(store.query(text, { results_format: "application/sparql-results+json" }));
  return boolean === undefined ? { columns: head.vars, rows: results.bindings } : { truth: boolean };
}

self.onmessage = ({ data }) => {
  const start = performance.now();
  try {
    const done = data.wasm ? load(data) : answer(data);
    self.postMessage({ ...done, took: performance.now() - start });
  } catch (error) {
    self.postMessage({ error: String(error?.message ?? error), broken: error instanceof WebAssembly.RuntimeError });
  }
};
