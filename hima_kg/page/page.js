// What the reader does: choose, look at another day, go from tab to tab; the address bar keeps the place.

const TABS = { network: null, timeline: renderTimeline, table: renderTable, conflicts: renderConflicts, sources: renderSources, ...(page.engine && { query: queryTab.render }) };

// Choosing

function choose(id, { follow = true } = {}) {
  Object.assign(state, { node: id, statement: null });
  if (id) {
    if (state.off.delete(things.get(id).cls)) switched();
    ensure(id);
  }
  chosen();
  if (id && follow && state.tab === "network") focusOn([id, ...around.get(id) ?? []]);
}

function chooseStatement(number) {
  Object.assign(state, { node: null, statement: number });
  chosen();
}

function chosen() {
  setPanel();
  renderPanel();
  byId("panel").scrollTop = 0;
  renderLegend();
  look();
  remember();
}

/** Open the panel for what is chosen; where nothing is, it tells of the whole graph, beside a network that has the room. */
function setPanel(how = state.node || state.statement !== null ? "open" : innerWidth > 760 ? "overview" : "closed") {
  root.setAttribute("data-panel", how);
}

function overview() {
  choose(null);
  setPanel("open");
}

function closePanel() {
  if (byId("panel").contains(document.activeElement)) byId("about").focus();
  Object.assign(state, { node: null, statement: null });
  setPanel("closed");
  renderPanel();
  look();
  remember();
}

function click({ pointer }) {
  const value = valueAt(pointer.DOM), id = value ? null : pointed(pointer.DOM), edge = id ? null : lineAt(pointer.DOM);
  if (value) chooseStatement(value.statement);
  else if (id) choose(id, { follow: false });
  else if (edge) chooseStatement(edges.get(edge).statement);
  else if (state.node || state.statement !== null) choose(null);
}

// Looking: what the day, the filters and the choice change in whichever tab is open

function look() {
  if (state.tab === "network") {
    repaint();
    markEvents();
  } else {
    markSheet();
  }
}

function markSheet() {
  for (const mark of byId("sheet").querySelectorAll("[data-number]")) mark.classList.toggle("chosen", Number(mark.dataset.number) === state.statement);
  for (const mark of byId("sheet").querySelectorAll(".happening")) mark.classList.toggle("chosen", mark.dataset.id === state.node);
}

function lookAsOf(day) {
  if (day === state.asof) return;
  state.asof = day;
  renderAsOf();
  renderLegend();
  if (state.tab === "network") renderBand();
  else renderSheet();
  if (state.node || state.statement !== null) renderPanel();
  repaint();
  remember();
}

function showPast() {
  state.past = !state.past;
  renderAsOf();
  renderLegend();
  renderPanel();
  if (state.tab !== "network") renderSheet();
  repaint();
  remember();
}

function switched() {
  heed();
  visNodes.update([...shown].map((id) => ({ id, hidden: off(id) })));
  renderLegend();
  renderTabs();
  renderWithout();
  renderPanel();
  if (state.tab === "network") renderBand();
  else renderSheet();
  repaint();
  remember();
}

/** Say, in every tab, which documents are switched off, and which kinds of things and lines. */
function renderWithout() {
  const away = [...documents].filter(([id]) => state.off.has(id));
  const kinds = [...classes.keys(), ...properties.keys()].filter((id) => state.off.has(id));
  const pill = (ids, ...label) => button("away", () => { ids.forEach((id) => state.off.delete(id)); switched(); }, `${word("without")} `, ...label, " ×");
  const some = kinds.slice(0, 2).map((id) => (classes.has(id) ? named(classes.get(id).label, id) : propertyOf(id))).join(", ");
  byId("without").replaceChildren(
    ...away.map(([id, { title, lang, publisher }]) => pill([id], publisher ? nameOf(publisher) : bdi(title, lang))),
    ...(kinds.length ? [pill(kinds, some, kinds.length > 2 ? ` +${number(kinds.length - 2)}` : "")] : []),
  );
}

// Tabs

function selectTab(name) {
  if (!Object.hasOwn(TABS, name)) return;
  state.tab = name;
  renderTabs();
  renderExports();
  renderSheet();
  byId("sheet").scrollTop = 0;
  if (name === "network") { renderBand(); frameIfNeeded(); repaint(); }
  remember();
}

const depths = new Map(); // how far down one was in each tab: whoever comes back is there again

function renderSheet() {
  const isNetwork = state.tab === "network", sheet = byId("sheet");
  if (!sheet.hidden) depths.set(sheet.className, sheet.scrollTop);
  byId("network").hidden = !isNetwork;
  sheet.hidden = isNetwork;
  sheet.className = state.tab;
  if (!isNetwork) sheet.replaceChildren(...[state.tab !== "query" && partly(), TABS[state.tab]()].flat(9).filter(Boolean));
  sheet.scrollTop = depths.get(state.tab) ?? 0;
}

function renderTabs() {
  root.setAttribute("data-tab", state.tab);
  const names = Object.keys(TABS), count = { conflicts: conflicts.filter(isTold).length };
  byId("tabs").replaceChildren(...names.map((name) => el("button", {
    type: "button", role: "tab", id: `tab-${name}`, "aria-selected": String(name === state.tab), "aria-controls": name === "network" ? "network" : "sheet", tabindex: name === state.tab ? 0 : -1, click: () => selectTab(name),
  }, word(`tab-${name}`), count[name] ? " " : null, count[name] ? text("span", "count", number(count[name])) : null)));
  byId("sheet").setAttribute("aria-labelledby", `tab-${state.tab}`);
}

function stepTab(event) {
  const names = Object.keys(TABS), by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  selectTab(names[(names.indexOf(state.tab) + by + names.length) % names.length]);
  byId(`tab-${state.tab}`).focus();
}

function renderAsOf() {
  const now = monthOf(state.asof);
  byId("asof").hidden = !isDated;
  byId("day").textContent = state.asof ?? word("anytime");
  byId("day").setAttribute("aria-pressed", String(!state.asof));
  byId("earlier").onclick = () => lookAsOf(monthNumber(now - 1));
  byId("later").onclick = () => lookAsOf(monthNumber(monthOf(dayOf(state.asof)?.last) + 1));
  byId("later").disabled = !state.asof;
  byId("past").setAttribute("aria-pressed", String(state.past));
  byId("past").hidden = !state.asof;
}

// Legend: classes and lines, to read and to switch

function legendRows() {
  const counts = grouped([...nodes.values()].filter((node) => !silent.has(node.id)), clsOf).map(([cls, members]) => ({ list: [cls], count: members.length }));
  const weight = ({ list: [cls], count }) => (classes.get(cls).importance > 3 ? 1e6 : count);
  counts.sort((a, b) => weight(b) - weight(a) || (a.list[0] < b.list[0] ? -1 : 1));
  const kept = counts.length > 9 ? counts.slice(0, 8) : counts;
  kept.sort((a, b) => classes.get(a.list[0]).lane - classes.get(b.list[0]).lane || b.count - a.count);
  const rest = counts.slice(kept.length);
  return rest.length ? [...kept, { list: rest.flatMap((row) => row.list), count: rest.reduce((sum, row) => sum + row.count, 0), other: true }] : kept;
}

function chip(list, sign, label, count) {
  const isOn = !list.some((id) => state.off.has(id));
  const toggle = () => { list.forEach((id) => (isOn ? state.off.add(id) : state.off.delete(id))); switched(); byId("legend").querySelector(`[data-key="${CSS.escape(list[0])}"]`)?.focus(); };
  return el("button", { type: "button", "aria-pressed": String(isOn), "data-key": list[0], title: list.map((id) => named(classes.get(id)?.label ?? properties.get(id)?.label, id)).join(", "), click: toggle }, sign, label, " ", text("span", "count", number(count)));
}

/** Return the properties of lines, and how many there are as of the day: those that have a colour, and the rest together. */
function lineRows() {
  const counts = grouped(lines.map(rowOf).filter((row) => !isUnsaid(row)), (row) => row.p).sort(([, a], [, b]) => b.length - a.length);
  const own = counts.filter(([property]) => properties.get(property).color).slice(0, 6), rest = counts.filter((one) => !own.includes(one));
  const row = (some) => ({ list: some.map(([property]) => property), count: some.flatMap(([, rows]) => rows).filter(isThere).length });
  return [...own.map((one) => row([one])), ...(rest.length ? [{ ...row(rest), other: true }] : [])];
}

function renderLegend() {
  const ofClasses = legendRows().map(({ list, count, other }) => chip(list, other ? text("span", "glyph", "…") : glyph(list[0]), other ? word("other") : named(classes.get(list[0]).label, list[0]), count));
  const ofLines = lineRows().map(({ list, count, other }) => chip(list, sample("certain", other ? null : list[0]), other ? word("other") : propertyOf(list[0]), count));
  byId("legend").replaceChildren(...ofClasses, ofLines.length ? text("span", "gap") : "", ...ofLines, valuesChip());
}

// Language and theme

function renderLanguages() {
  byId("languages").replaceChildren(...languages.map((lang) => el("button", { type: "button", lang: tag(lang), "aria-pressed": String(lang === state.lang), click: () => speak(lang) }, languageName(lang))));
}

const CALLED = { theme: "theme", about: "about", close: "close", closer: "closer", farther: "farther", whole: "whole", export: "export", earlier: "earlier", later: "later" };
const LABELLED = { words: "search", results: "results", languages: "language", legend: "legend", canvas: "canvas", panel: "panel", tabs: "tabs", band: "band", exports: "export" };

function render() {
  wear();
  root.setAttribute("lang", tag(state.lang) ?? "en");
  byId("title").replaceChildren(bdi(page.title));
  byId("words").placeholder = word("search");
  byId("skip").textContent = word("skip");
  byId("asof-label").textContent = word("asof");
  byId("past").textContent = word("past");
  for (const [id, key] of Object.entries(CALLED)) ["aria-label", "title"].forEach((name) => byId(id).setAttribute(name, word(key)));
  for (const [id, key] of Object.entries(LABELLED)) byId(id).setAttribute("aria-label", word(key));
  byId("footer").replaceChildren(`${visible(page.digest ?? "").slice(0, 12)} · hima-kg · vis-network 9.1.2 (Apache-2.0, MIT)`);
  renderLanguages();
  renderTabs();
  renderAsOf();
  renderWithout();
  renderExports();
  renderLegend();
  renderPanel();
  renderSheet();
  if (state.tab === "network") renderBand();
  repaint();
}

function speak(lang) {
  state.lang = lang;
  remember();
  render();
}

function switchTheme() {
  state.theme = state.theme === "dark" ? "light" : "dark";
  state.themed = true;
  remember();
  render();
}

// The address bar: what stands there is held against what there is, and the rest is passed over

const LONGEST = 4000; // letters of a part of the address that are read
const pointer = ({ s, p, o }) => `${s} ${p} ${o}`;

let remembered = null; // the tab and the choice: each is a step, that the way back goes
function remember() {
  const row = state.statement === null ? null : statements[state.statement];
  const place = [state.tab, state.node, state.statement].join(" ");
  const kept = {
    tab: state.tab === "network" ? null : state.tab, n: state.node, st: row && pointer(row), asof: state.asof, past: state.past ? "1" : null, values: state.values ? "1" : null, off: [...state.off].sort().join(",") || null,
    q: state.filter || null, sort: state.sort ? state.sort.map(String).join(",") : null, lang: state.lang, theme: state.themed ? state.theme : null, ...(page.engine && queryTab.remembered()),
  };
  const parts = new URLSearchParams(Object.entries(kept).filter(([, value]) => value));
  const address = `#${String(parts).replaceAll("%3A", ":").replaceAll("%2C", ",")}`;
  if (place === remembered) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  remembered = place;
}

function recall() {
  const parts = new URLSearchParams(location.hash.slice(1)), get = (key) => { const value = parts.get(key) ?? ""; return value.length > LONGEST ? "" : value; };
  const day = parts.has("asof") || !page.on ? get("asof") : page.on;
  const [column, down] = get("sort").split(",");
  const wanted = get("st"), row = wanted && statements.find((one) => pointer(one) === wanted);
  Object.assign(state, {
    tab: Object.hasOwn(TABS, get("tab")) ? get("tab") : "network",
    node: things.has(get("n")) ? get("n") : null,
    statement: row ? row.number : null,
    asof: isDated && dayOf(day) ? day : null,
    past: get("past") === "1",
    values: get("values") === "1",
    off: new Set(get("off").split(",").filter((id) => classes.has(id) || properties.has(id) || documents.has(id))),
    filter: get("q"),
    sort: COLUMNS.some(([name]) => name === column) ? [column, down === "true"] : null,
    lang: languages.includes(get("lang")) ? get("lang") : state.lang,
  });
  if (["light", "dark"].includes(get("theme"))) Object.assign(state, { theme: get("theme"), themed: true });
  if (page.engine) queryTab.recall(get);
  if (state.statement !== null) state.node = null;
  remembered = [state.tab, state.node, state.statement].join(" ");
  heed();
  setPanel();
  if (state.node) ensure(state.node);
  visNodes.update([...shown].map((id) => ({ id, hidden: off(id) })));
  render();
}

// Keys and start

function press(event) {
  const typing = event.target.matches?.("input, textarea");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    byId("words").focus();
  } else if (event.key === "Escape") {
    if (!byId("exports").hidden) { openExports(); byId("export").focus(); }
    else if (event.target === byId("words")) closeSearch();
    else if (!typing) closePanel();
  }
}

function frameIfNeeded() {
  if (!state.moved) frame();
}

function resized() {
  if (state.tab !== "network") return;
  renderBand();
  frameIfNeeded();
  network.redraw();
}

/** Say what is looked at: which tab, as of which day, without which sources, and of which graph. */
function viewed() {
  const away = [...byId("without").querySelectorAll("button")].map((pill) => pill.textContent.replace(/ ×$/, ""));
  const sought = state.tab === "table" && state.filter ? [`${word("filter").split(":")[0]}: ${state.filter}`] : [];
  return [word(`tab-${state.tab}`), `${word("asof")} ${state.asof ?? word("anytime")}`, ...away, ...sought, visible(page.digest ?? "").slice(0, 12)].join(" · ");
}

/** Dress for paper: light, with the network as a drawing, every row of a table, and all passages open. */
function toPaper() {
  root.setAttribute("data-theme", "light");
  readInks();
  renderLegend();
  renderPanel();
  if (state.tab === "timeline") renderSheet();
  byId("print").replaceChildren(text("p", "viewed", viewed()), state.tab === "network" ? picture() : "");
  for (const box of byId("sheet").querySelectorAll("details.passage")) { fillIn(box); box.open = true; }
  for (const box of byId("reading").querySelectorAll("details")) box.open = true;
  unprinted = unfolded;
  for (let more; (more = byId("sheet").querySelector(".rest button"));) more.click();
}

const FOCUSABLE = "a[href], button, input, select, textarea, summary";
const REDRAWN = "#tabs, #languages, #without, #legend, #sheet, #reading";

/** Leave the focus where it is when what had it is drawn anew: on what stands in its place. */
function keepFocus() {
  const had = document.activeElement, host = had?.closest(REDRAWN);
  if (!host) return;
  const place = [...host.querySelectorAll(FOCUSABLE)].indexOf(had);
  setTimeout(() => {
    if (had.isConnected || document.activeElement !== document.body) return;
    const there = [...host.querySelectorAll(FOCUSABLE)];
    (host.id === "reading" ? byId("panel") : there[place] ?? there.at(-1) ?? byId(`tab-${state.tab}`)).focus({ preventScroll: true });
  });
}

let unprinted; // how many rows the table had on the screen

function fromPaper() {
  unfolded = unprinted;
  byId("print").replaceChildren();
  render();
}

function listen() {
  byId("words").addEventListener("input", () => { found.at = 0; showResults(); });
  byId("words").addEventListener("keydown", typeInSearch);
  byId("words").addEventListener("blur", leaveSearch);
  byId("words").addEventListener("focus", showResults);
  const clicks = { theme: switchTheme, about: overview, close: closePanel, closer: () => zoom(1.4), farther: () => zoom(1 / 1.4), whole: frame, day: () => lookAsOf(null), past: showPast, export: openExports, skip: () => byId("panel").focus() };
  for (const [id, act] of Object.entries(clicks)) byId(id).addEventListener("click", act);
  byId("tabs").addEventListener("keydown", stepTab);
  byId("band").addEventListener("wheel", (event) => { byId("band").querySelector(".rows").scrollTop += event.deltaY; }, { passive: true });
  byId("canvas").addEventListener("pointermove", ({ offsetX: x, offsetY: y }) => hoverAt(pointed({ x, y }), valueAt({ x, y }), lineAt({ x, y })));
  byId("canvas").addEventListener("pointerleave", () => hoverAt(null));
  byId("exports").addEventListener("focusout", ({ relatedTarget }) => { if (relatedTarget && !byId("exports").hidden && !relatedTarget.closest("#exports, #export")) openExports(); });
  document.addEventListener("keydown", press);
  document.addEventListener("click", keepFocus, { capture: true });
  document.addEventListener("pointerdown", (event) => { if (!byId("exports").hidden && !event.target.closest("#exports, #export")) openExports(); });
  window.addEventListener("hashchange", recall);
  window.addEventListener("beforeprint", toPaper);
  window.addEventListener("afterprint", fromPaper);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", render);
  network.on("click", click);
  network.on("zoom", () => { state.moved = true; });
  network.on("dragEnd", () => { state.moved = true; });
  network.on("resize", () => requestAnimationFrame(resized));
  network.on("afterDrawing", (ctx) => { onScreen(ctx, () => paintLabels(ctx)); paintThreads(); });
}

listen();
await Promise.allSettled([...document.fonts].map((face) => face.load()));
recall();
frame();
if (state.node && state.tab === "network") focusOn([state.node, ...around.get(state.node) ?? []]);
window.view = { state, standing: (number) => standing(statements[number]), nodes, edges, statements, things, claims, conflicts, network, drawn, shown, months, choose, chooseStatement, lookAsOf, selectTab, seenLines, lit, search, turtle, tableRows, svgText, pngBlob, expand, ensure, passed, words: page.words, legend: () => legendRows().flatMap(({ list, other }) => (other ? [] : list)).map((id) => classes.get(id)) };
requestAnimationFrame(() => requestAnimationFrame(() => {
  network.redraw();
  root.setAttribute("data-ready", "");
}));
