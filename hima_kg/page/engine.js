// What runs in the worker, behind the vendored script that sets `oxigraph`: it takes the graph, then one query after another.

const LARGEST = 20e6; // characters: what a page can show, and keep
let store = null;

function load({ wasm, quads }) {
  oxigraph.initSync({ module: wasm });
  store = new oxigraph.Store();
  store.load(quads, { format: "application/n-quads", lenient: true, no_transaction: true });
  return { size: store.size };
}

function answer({ text, graph, most }) {
  if (graph) {
    const triples = store.query(text).map((quad) => [quad.subject, quad.predicate, quad.object].map(String).join("\t")).sort();
    return { count: triples.length, triples: triples.slice(0, most).map((triple) => triple.split("\t")) };
  }
  const written = store.query(text, { results_format: "application/sparql-results+json" });
  if (written.length > LARGEST) return { large: LARGEST / 1e6 };
  const { head, boolean, results } = JSON.parse(written);
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
