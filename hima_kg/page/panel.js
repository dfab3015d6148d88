"use strict";
// The panel says in words what was chosen and who says so; the header and the legend stand around it.

// The panel

function citation(id, { preferred = false } = {}) {
  const claim = claims.get(id);
  if (!claim) return text("p", "cite", bdi(id));
  const source = documents.get(claim.document);
  const marks = [
    claim.modality_id !== "kg:Stated" && named(page.modalities[claim.modality_id], claim.modality_id),
    claim.rank_id === "kg:Deprecated" && word("deprecated"),
    preferred && `✓ ${word("preferred")}`,
  ].filter(Boolean).flatMap((mark) => [" ", text("span", "mark", mark)]);
  const speaker = claim.speakers?.length ? text("span", "speaker", `${word("speaker")} `, claim.speakers.flatMap((id, i) => [i ? ", " : "", goTo(id)])) : null;
  return text("p", "cite", outward(source?.source, bdi(source?.title ?? claim.document, source?.lang)), " ", text("span", "locator", bdi(claim.locator)), marks, speaker);
}

function grounds({ claims: cited, rule }) {
  const derived = rule ? text("p", "cite", rules.has(rule) ? [`${word("derived")} `, bdi(rules.get(rule))] : word("inferred")) : null;
  return [...cited.map((id) => citation(id)), derived];
}

function fact(said, { value, link, lang }) {
  const holds = said.validity ? text("p", "told", `${word("validity")}: `, bdi(said.validity)) : null;
  return el("div", { class: "fact" }, el("p", { class: "value" }, link ? goTo(value) : bdi(value, lang)), holds, grounds(said));
}

function grouped(rows, key) {
  const groups = new Map();
  for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row]);
  return [...groups];
}

function facts(title, rows, show) {
  if (!rows.length) return null;
  const groups = grouped(rows, (row) => row.property);
  return el("section", {}, el("h3", {}, title), groups.map(([property, group]) => el("div", { class: "group" }, el("h4", {}, propertyOf(property)), group.map(show))));
}

function incoming(id) {
  return data.nodes.flatMap((node) => node.statements.filter((said) => said.link && said.value === id).map((said) => ({ ...said, value: node.id })));
}

// What is not drawn, figures and memberships say, is told with the things that it is about.
function asideBox(id, [key, { statements }]) {
  const rows = grouped(statements.filter((said) => said.value !== id), (said) => said.property);
  const cited = [...new Set(statements.flatMap((said) => said.claims))];
  return el("div", { class: "aside" },
    text("p", "value", nameOf(key)),
    el("dl", {}, rows.map(([property, said]) => el("div", {}, el("dt", {}, propertyOf(property)), el("dd", {}, said.flatMap(({ value, link, lang }, i) => [i ? " · " : "", link ? goTo(value) : bdi(value, lang)]))))),
    cited.map((claim) => citation(claim)));
}

function asidesOf(id) {
  const about = [...asides].filter(([, { statements }]) => statements.some((said) => said.link && said.value === id));
  const groups = grouped(about, ([, { cls }]) => cls);
  return groups.map(([cls, group]) => el("section", {}, el("h3", {}, named(page.kinds[cls], cls)), group.map((aside) => asideBox(id, aside))));
}

function titleOf(conflict) {
  const [label, kind] = [named(conflict.label, conflict.id), named(conflict.kind, "")];
  return label.startsWith(`${kind}: `) ? label.slice(kind.length + 2) : label; // the kind stands above it
}

function conflictBox(conflict) {
  return el("div", { class: "conflict" },
    el("p", { class: "warning" }, `⚠ ${word("conflict")}: ${named(conflict.kind, "")}`),
    text("p", "value", titleOf(conflict)),
    conflict.claims.map((id) => citation(id, { preferred: conflict.prefer.includes(id) })),
    conflict.prefer.filter((id) => !conflict.claims.includes(id)).map((id) => text("p", "cite", `✓ ${word("preferred")}: `, goTo(id))),
    conflict.arithmetic && text("p", "arithmetic", bdi(conflict.arithmetic)),
    conflict.remark && text("p", "remark", bdi(conflict.remark)));
}

function nameList(node) {
  const rows = node.names.filter(([name]) => visible(name) !== nameOf(node.id));
  return rows.length ? el("ul", { class: "names", "aria-label": word("names") }, rows.map(([name, lang]) => el("li", {}, bdi(name, lang), " ", text("small", "", lang)))) : null;
}

function nodePanel(node) {
  const told = [node.event && dated(node), node.status && named(node.status)].filter(Boolean).join(" · ");
  return [
    el("p", { class: "kind" }, glyph(node.cls), classOf(node)),
    el("h2", {}, bdi(nameOf(node.id))),
    told && text("p", "told", told),
    nameList(node),
    page.conflicts.filter((conflict) => conflict.about.includes(node.id)).map(conflictBox),
    facts(word("statements"), node.statements, (said) => fact(said, said)),
    facts(word("incoming"), incoming(node.id), (said) => fact(said, said)),
    asidesOf(node.id),
    text("p", "iri", outward(node.iri, bdi(node.id))),
  ];
}

function edgePanel(edge) {
  return [
    el("p", { class: "kind" }, propertyOf(edge.property)),
    el("p", { class: "sentence" }, goTo(edge.from), " ", text("span", "verb", propertyOf(edge.property)), " ", goTo(edge.to)),
    edge.validity && text("p", "told", `${word("validity")}: `, bdi(edge.validity)),
    el("div", { class: "fact" }, grounds(edge)),
  ];
}

function introduction() {
  const counts = [["things", nodes.size], ["documents", documents.size], ["claims", claims.size], ["conflicts", page.conflicts.length]];
  return [
    el("h2", {}, bdi(page.title)),
    el("dl", { class: "counts" }, counts.map(([key, count]) => el("div", {}, el("dd", {}, count.toLocaleString(state.lang)), el("dt", {}, word(key))))),
    page.total > nodes.size && text("p", "told", `${word("part")} ${nodes.size.toLocaleString(state.lang)} / ${page.total.toLocaleString(state.lang)}`),
    el("h3", {}, word("read")),
    el("ul", { class: "read" }, ["read1", "read2", "read3", "read4", "read5"].map((key) => el("li", {}, word(key)))),
    el("h3", {}, word("sources")),
    [...documents].map(([, { title, lang, publisher, source }]) => text("p", "document", outward(source, bdi(title, lang)), publisher && text("small", "", ` ${visible(publisher)}`))),
    page.conflicts.length && el("h3", {}, word("conflicts")),
    page.conflicts.map((conflict) => el("div", { class: "conflict brief" }, el("p", { class: "warning" }, `⚠ ${named(conflict.kind, "")}`), text("p", "", titleOf(conflict)), text("p", "", conflict.about.flatMap((id, i) => [i ? " · " : "", goTo(id)])))),
  ];
}

function renderPanel() {
  const content = state.edge ? edgePanel(edges.get(state.edge)) : state.node ? nodePanel(nodes.get(state.node)) : introduction();
  byId("reading").replaceChildren(...content.flat().filter(Boolean));
  byId("panel").scrollTop = 0;
}

// Header and legend

function legendRows() {
  const counts = grouped(data.nodes, (node) => node.cls).map(([cls, members]) => ({ list: [cls], count: members.length }));
  const weight = ({ list: [cls], count }) => (classes.get(cls).importance > 3 ? 1e6 : count);
  counts.sort((a, b) => weight(b) - weight(a) || (a.list[0] < b.list[0] ? -1 : 1));
  const kept = counts.length > 9 ? counts.slice(0, 8) : counts;
  kept.sort((a, b) => classes.get(a.list[0]).lane - classes.get(b.list[0]).lane || b.count - a.count);
  const rest = counts.slice(kept.length);
  return rest.length ? [...kept, { list: rest.flatMap((row) => row.list), count: rest.reduce((sum, row) => sum + row.count, 0), other: true }] : kept;
}

function legendChip({ list, count, other }) {
  const on = !list.some((cls) => state.off.has(cls));
  const toggle = () => {
    list.forEach((cls) => (on ? state.off.add(cls) : state.off.delete(cls)));
    hideClasses();
  };
  const label = other ? word("other") : named(classes.get(list[0]).label, list[0]);
  return el("button", { type: "button", "aria-pressed": String(on), title: list.map((cls) => named(classes.get(cls).label, cls)).join(", "), click: toggle }, other ? text("span", "glyph", "…") : glyph(list[0]), label, " ", text("span", "count", count));
}

function hideClasses() {
  visNodes.update(data.nodes.map((node) => ({ id: node.id, hidden: off(node) })));
  renderLegend();
  repaint();
}

const renderLegend = () => byId("legend").replaceChildren(...legendRows().map(legendChip));

function renderLanguages() {
  byId("languages").replaceChildren(...page.languages.map((lang) => el("button", { type: "button", lang: tag(lang), "aria-pressed": String(lang === state.lang), click: () => speak(lang) }, languageName(lang))));
}

function render() {
  wear();
  root.setAttribute("lang", tag(state.lang));
  byId("title").replaceChildren(bdi(page.title));
  byId("words").placeholder = word("search");
  for (const id of ["theme", "about", "close", "closer", "farther", "whole"]) ["aria-label", "title"].forEach((name) => byId(id).setAttribute(name, word(id)));
  for (const [id, key] of [["words", "search"], ["results", "results"], ["languages", "language"], ["legend", "legend"], ["canvas", "canvas"], ["panel", "about"]]) byId(id).setAttribute("aria-label", word(key));
  byId("footer").replaceChildren(`${visible(page.digest).slice(0, 12)} · vis-network 9.1.2 (Apache-2.0, MIT)`);
  renderLanguages();
  renderLegend();
  renderPanel();
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
