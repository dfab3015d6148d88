"use strict";
// What the reader does: search, choose, and keep the place in the address bar.

// Choosing

function choose(id, { follow = true } = {}) {
  Object.assign(state, { node: id, edge: null });
  const cls = id && nodes.get(id).cls;
  if (cls && state.off.delete(cls)) renderLegend();
  openPanel(Boolean(id));
  if (id && follow) network.fit({ nodes: [id, ...near(id)], maxZoomLevel: Math.max(1.25, stretch.scale), animation: calm() });
  remember();
}

function chooseEdge(id) {
  Object.assign(state, { node: null, edge: id });
  openPanel(true);
  remember();
}

function openPanel(open) {
  if (open) root.removeAttribute("data-panel");
  renderPanel();
  repaint();
}

function click({ pointer }) {
  const id = pointed(pointer.DOM);
  const edge = id ? null : network.getEdgeAt(pointer.DOM);
  if (id) choose(id, { follow: false });
  else if (edge) chooseEdge(edge);
  else choose(null);
}

// The address bar

function remember() {
  const parts = new URLSearchParams({ ...(state.node && { n: state.node }), lang: state.lang, ...(state.themed && { theme: state.theme }) });
  history.replaceState(null, "", `#${String(parts).replaceAll("%3A", ":")}`);
}

function recall() {
  const parts = new URLSearchParams(location.hash.slice(1));
  if (page.languages.includes(parts.get("lang"))) state.lang = parts.get("lang");
  if (["light", "dark"].includes(parts.get("theme"))) Object.assign(state, { theme: parts.get("theme"), themed: true });
  Object.assign(state, { node: nodes.has(parts.get("n")) ? parts.get("n") : null, edge: null });
  render();
}

// Search: every name and key is folded once; the best match first

const index = data.nodes.map((node) => ({ node, keys: [...new Set([...node.keys, ...node.names.map(([name]) => name)].map(fold).flatMap((key) => [key, squeeze(key)]))] }));
const found = { ids: [], at: 0 };

function score(key, sought) {
  if (key === sought) return 0;
  if (key.startsWith(sought)) return 1;
  return key.split(/[\s\-_.·]+/).some((part) => part.startsWith(sought)) ? 2 : key.includes(sought) ? 3 : 9;
}

function search(typed) {
  const sought = [...new Set([fold(typed), squeeze(fold(typed))])].filter(Boolean);
  const best = (keys) => Math.min(9, ...keys.flatMap((key) => sought.map((one) => score(key, one))));
  const hits = index.map(({ node, keys }) => ({ node, rank: best(keys) })).filter(({ rank }) => rank < 9);
  hits.sort((a, b) => a.rank - b.rank || b.node.importance - a.node.importance || (a.node.id < b.node.id ? -1 : 1));
  return hits.slice(0, 12).map(({ node }) => node);
}

function option(node, i) {
  const pick = (event) => { event.preventDefault(); take(node.id); };
  return el("li", { id: `hit${i}`, role: "option", "aria-selected": String(i === found.at), mousedown: pick }, glyph(node.cls), text("span", "hit", bdi(nameOf(node.id))), text("small", "", classOf(node)));
}

function showResults() {
  const input = byId("words");
  const typed = fold(input.value);
  const hits = search(input.value);
  found.ids = hits.map((node) => node.id);
  found.at = Math.min(found.at, Math.max(0, hits.length - 1));
  byId("results").hidden = !typed;
  byId("results").replaceChildren(...(hits.length ? hits.map(option) : [el("li", { class: "none" }, word("nothing"))]));
  input.setAttribute("aria-expanded", String(Boolean(typed)));
  if (typed && hits.length) input.setAttribute("aria-activedescendant", `hit${found.at}`);
  else input.removeAttribute("aria-activedescendant");
  byId(`hit${found.at}`)?.scrollIntoView({ block: "nearest" });
}

function closeSearch() {
  byId("words").value = "";
  showResults();
  byId("words").blur();
}

function take(id) {
  closeSearch();
  choose(id);
  byId("panel").focus({ preventScroll: true });
}

function typeInSearch(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && found.ids.length) {
    event.preventDefault();
    found.at = (found.at + step + found.ids.length) % found.ids.length;
    showResults();
  } else if (event.key === "Enter" && !event.isComposing && found.ids.length) {
    take(found.ids[found.at]);
  }
}

// Keys and start

function closePanel() {
  Object.assign(state, { node: null, edge: null });
  root.setAttribute("data-panel", "closed");
  renderPanel();
  repaint();
  remember();
}

function press(event) {
  const typing = event.target === byId("words");
  if (event.key === "/" && !typing) {
    event.preventDefault();
    byId("words").focus();
  } else if (event.key === "Escape") {
    if (typing) closeSearch();
    else closePanel();
  }
}

function listen() {
  byId("words").addEventListener("input", () => { found.at = 0; showResults(); });
  byId("words").addEventListener("keydown", typeInSearch);
  byId("words").addEventListener("blur", () => { byId("results").hidden = true; });
  const clicks = { theme: switchTheme, about: () => choose(null), close: closePanel, closer: () => zoom(1.4), farther: () => zoom(1 / 1.4), whole: frame };
  for (const [id, act] of Object.entries(clicks)) byId(id).addEventListener("click", act);
  byId("canvas").addEventListener("pointermove", hover);
  byId("canvas").addEventListener("pointerleave", hover);
  document.addEventListener("keydown", press);
  window.addEventListener("hashchange", recall);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", render);
  network.on("click", click);
  network.on("zoom", () => { state.moved = true; });
  network.on("dragEnd", () => { state.moved = true; });
  network.on("resize", () => requestAnimationFrame(() => state.moved || frame()));
  network.on("beforeDrawing", (ctx) => onScreen(ctx, () => paintBand(ctx)));
  network.on("afterDrawing", (ctx) => onScreen(ctx, () => paintLabels(ctx)));
}

listen();
recall();
frame();
if (state.node) choose(state.node);
requestAnimationFrame(() => requestAnimationFrame(() => {
  network.redraw();
  root.setAttribute("data-ready", "");
}));
