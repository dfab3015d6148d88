// The panel says in words what was chosen, how surely it holds and when, who says so, and who says otherwise.

/** Say in words what weighs on a claim: another voice than the document's plain one, and its rank. */
const weightsOf = ({ modality, rank }) => [modality !== "kg:Stated" && nameOf(modality), rank !== "kg:Normal" && nameOf(rank)].filter(Boolean);

function citation(id, { preferred = false } = {}) {
  const claim = claims.get(id);
  if (!claim) return text("p", "cite", bdi(id));
  const source = documents.get(claim.document);
  const marks = [...weightsOf(claim), preferred && claim.rank !== "kg:Preferred" && `✓ ${word("preferred")}`].filter(Boolean).map((mark) => [" ", text("span", "mark", mark)]);
  const speaker = claim.speakers?.length ? text("span", "speaker", `${word("speaker")} `, claim.speakers.flatMap((one, i) => [i ? ", " : "", goTo(one)])) : null;
  return text("p", "cite", outward(source?.source, bdi(source?.title ?? claim.document, source?.lang)), " ", button("locator link", () => openClaim(id), bdi(claim.locator)), marks, speaker);
}

/** Show how a line looks that holds as surely as a level. */
function sample(level, property = null) {
  const { dashes } = LOOKS[level], shade = colorOfLine({ p: property }, level);
  const line = svg("path", { d: "M1 5H23", stroke: shade, "stroke-width": 2 * (LOOKS[level].thin ?? 1), fill: "none", "stroke-dasharray": dashes?.map((dash) => dash / 1.6).join(" ") });
  const heads = { vee: "M20 1.5 24 5 20 8.5", bar: "M24 1V9", arrow: "M20 1.5 26 5 20 8.5Z" }, head = LOOKS[level].head ?? "arrow";
  return svg("svg", { viewBox: "0 0 27 10", class: "sample", "aria-hidden": "true" }, line, svg("path", { d: heads[head], stroke: shade, "stroke-width": 1.6, fill: head === "arrow" ? shade : "none" }));
}

/** Say how surely a statement holds; of one that nobody who counts makes, what it is instead. */
function wordOf(row, level) {
  const made = row.claims.map((id) => claims.get(id)).filter(Boolean);
  if (level !== "claimed" || !made.length) return word(level);
  if (made.every(({ rank }) => rank === "kg:Deprecated")) return nameOf("kg:Deprecated");
  return nameOf(made.every(({ rank, modality }) => rank === "kg:Deprecated" || modality === "kg:Opinion") ? "kg:Opinion" : "kg:Planned");
}

function levelMark(row) {
  const level = standing(row);
  if (!isTimed(row) && (level === "certain" || isEvent(row.s))) return null; // an event has its own date
  return text("span", `level ${level}`, level === "disputed" ? "⚠ " : sample(level), wordOf(row, level));
}

/** Say how surely a statement holds as of the day, and over which times, each by what rule from which events and claims. */
function proof(row) {
  const told = heldOf(row);
  if (!told.length) return null;
  const when = state.asof ? `${word("asof")} ${state.asof}: ` : `${word("bynow")} `;
  return [
    text("p", "told", when, levelMark(row)),
    el("ul", { class: "proof" }, told.map((held) => el("li", {},
      text("p", "when", text("b", "", lasting(held)), " ", text("span", "mark", nameOf(`kg:${held.basis}`))),
      held.rule && text("p", "rule", `${word("derived")} `, bdi(nameOfRule(held.rule))),
      held.events.map(eventPremise),
      cited(held.claims),
      held.doubts && [text("p", "warning", `⚠ ${doubtOf(held)}`), held.doubts.map(eventPremise)]))),
  ];
}

const eventPremise = (id) => text("p", "premise", `${word("from")} `, goTo(id), isEvent(id) && ` (${dated(nodes.get(id))})`);
const cited = (ids) => heard(ids).map((id) => citation(id));
const nameOfRule = (id) => visible(rules.get(id) ?? id);

function grounds(row) {
  if (row.claims.length) return cited(row.claims);
  return row.derived ? derivation(row) : null;
}

/** Say by which rule a statement follows, and from which others. */
function derivation(row) {
  if (!row.rule) return text("p", "cite", word("inferred"));
  return text("div", "cite", text("p", "rule", `${word("derived")} `, bdi(nameOfRule(row.rule))), row.from.map(premise));
}

/** Say a statement in words, of which the verb opens it. */
function sentence(said, row = statementOf(said)) {
  const verb = row ? button("link verb", () => chooseStatement(row.number), propertyOf(said.p)) : text("span", "verb", propertyOf(said.p));
  return [goTo(said.s), " ", verb, " ", valueOf(said)];
}

const premise = (said) => text("p", "premise", `${word("from")} `, sentence(said));

/** Return what a statement rests on besides its states, each of which is told with the claims that it rests on itself. */
function restsOn(row) {
  const told = new Set(row.states.flatMap((held) => held.claims));
  return [heldOf(row).map((held) => [text("p", "told", lasting(held)), cited(held.claims)]), told.size ? cited(row.claims.filter((id) => !told.has(id))) : grounds(row)];
}

function fact(row) {
  const open = button("more", () => chooseStatement(row.number), "›");
  open.setAttribute("aria-label", `${word("openfact")}: ${propertyOf(row.p)}`);
  const outgoing = row.s === state.node || !things.has(state.node);
  const mark = levelMark(row);
  return text("div", "fact", text("p", "value", outgoing ? valueOf(row) : goTo(row.s), mark && [" ", mark], open), restsOn(row));
}

function facts(title, rows) {
  if (!rows.length) return null;
  const groups = grouped(rows, (row) => row.p);
  return el("section", {}, el("h3", {}, title), groups.map(([property, group]) => text("div", "group", el("h4", {}, propertyOf(property)), group.map(fact))));
}

const isAside = (id) => things.has(id) && !isDrawn(id);

// What is not drawn, figures and memberships say, is told with the things that it is about.
function asideBox(id, key) {
  const rows = (about.get(key) ?? []).filter((row) => !NAMING.has(row.p) && row.o !== id && !row.derived && !isUnsaid(row));
  return text("div", "aside",
    text("p", "value", goTo(key)),
    dl("", grouped(rows, (row) => row.p).map(([property, said]) => [propertyOf(property), said.flatMap((row, i) => [i ? " · " : "", valueOf(row)])])),
    cited([...new Set(rows.flatMap((row) => row.claims))]));
}

function asidesOf(id) {
  const keys = [...new Set((naming.get(id) ?? []).map((row) => row.s).filter((key) => isAside(key) && !silent.has(key)))];
  return grouped(keys, (key) => things.get(key).cls).map(([cls, group]) => el("section", {}, el("h3", {}, named(classes.get(cls)?.label, cls)), group.map((key) => asideBox(id, key))));
}

function nameList(id) {
  const rows = (things.get(id)?.names ?? []).filter(([name]) => visible(name) !== nameOf(id));
  return rows.length ? el("ul", { class: "names", "aria-label": word("names") }, rows.map(([name, lang]) => el("li", {}, bdi(name, lang), " ", text("small", "", lang)))) : null;
}

function nodePanel(id) {
  const node = nodes.get(id), [rows, incoming] = [about, naming].map((known) => (known.get(id) ?? []).filter((row) => !isUnsaid(row)));
  const told = [node?.event && dated(node), node?.status_id && nameOf(node.status_id)].filter(Boolean).join(" · ");
  const hidden = node && !node.event ? hiddenBeside(id) : [];
  return [
    text("p", "kind", glyph(things.get(id).cls, { open: node && isOpen(node) }), classOf(id)),
    el("h2", {}, bdi(nameOf(id))),
    told && text("p", "told", told),
    nameList(id),
    hidden.length > 0 && button("action", () => expand(id), `${word("expand")} (${number(Math.min(MOST, hidden.length))} / ${number(hidden.length)})`),
    conflicts.filter((conflict) => conflict.about.includes(id) && stands(conflict)).map((conflict) => conflictBox(conflict, { folded: true })),
    facts(word("statements"), rows.filter((row) => !row.derived && !NAMING.has(row.p))),
    facts(word("incoming"), incoming.filter((row) => !row.derived && !isAside(row.s))),
    asidesOf(id),
    facts(word("follows"), rows.filter((row) => row.derived)),
    facts(word("names"), rows.filter((row) => !row.derived && NAMING.has(row.p))),
    text("p", "iri", outward(iriOf(id), bdi(id))),
  ];
}

/** Return the conflicts that a statement is part of: another value stands against its own, an event that it holds by is in doubt, or its number does not add up. */
function against(row) {
  const events = new Set(heldOf(row).flatMap((held) => held.events)), isNumber = !row.link && /^[-+]?\d+(\.\d+)?$/.test(row.o);
  const isContested = (said, all) => isSame(said, row) && (isNumber || all.some((other) => other.s === row.s && other.p === row.p && other.o !== row.o));
  return conflicts.filter((conflict) => stands(conflict) && conflict.isContradiction).filter((conflict) => {
    const all = conflict.sides.flatMap((side) => side.says);
    return all.some((said) => isContested(said, all) || (events.has(said.s) && conflict.about.some((id) => id === row.s || id === said.s)));
  });
}

function statementPanel(row) {
  const disputes = against(row), beside = (fanOf.get(edges.get(row.edge)) ?? []).map(rowOf).filter((one) => one !== row && sight(edges.get(one.edge)));
  return [
    text("p", "kind", row.edge ? sample(standing(row), row.p) : null, propertyOf(row.p)),
    text("p", "sentence", goTo(row.s), " ", text("span", "verb", propertyOf(row.p)), " ", valueOf(row)),
    proof(row) ?? (levelMark(row) && text("p", "told", levelMark(row))),
    el("h3", {}, word("said")),
    row.states.length && !row.claims.length ? (row.states.some(({ basis }) => basis === "Stated") ? cited(citedBy(row)) : text("p", "told", word("bystates"))) : text("div", "fact", grounds(row)),
    disputes.length > 0 && el("h3", {}, word("otherwise")),
    disputes.map((conflict) => conflictBox(conflict)),
    beside.length > 0 && el("h3", {}, word("beside")),
    beside.map((one) => text("p", "premise", sentence(one), " ", levelMark(one))),
    el("h3", {}, word("ask")),
    text("code", "command", `hima-kg why ${[row.s, row.p, row.o].map(quoted).join(" ")}`),
  ];
}

const quoted = (word) => (/^[\w:.\-]+$/.test(word) ? word : `'${visible(word).replaceAll("'", "'\\''")}'`);

/** Say that the page holds a part of all things, where it does. */
const partly = () => (page.total > nodes.size ? text("p", "told", `${word("part")} ${number(nodes.size)} / ${number(page.total)}`) : null);

function introduction() {
  const counts = [["things", [...nodes.keys()].filter((id) => !silent.has(id)).length, "network"], ["rowsmade", statements.filter((row) => !isUnsaid(row)).length, "table"], ["claims", [...claims.keys()].filter((id) => !isMute(id)).length, "sources"], ["conflicts", conflicts.filter(isTold).length, "conflicts"]];
  return [
    el("h2", {}, bdi(page.title)),
    text("div", "counts", counts.map(([key, count, tab]) => button("count", () => selectTab(tab), text("b", "", number(count)), text("span", "", word(key))))),
    partly(),
    shown.size < entities.length && text("p", "told", `${word("drawn")} ${number(shown.size)} / ${number(entities.length)}`),
    el("h3", {}, word("read")),
    el("ul", { class: "read" }, ["read1", "read2", ...(slots.some(isLull) ? ["lull"] : []), "read3", "read4", "read5", "read6"].map((key) => el("li", {}, word(key)))),
    el("h3", {}, word("lines")),
    el("ul", { class: "looks" }, Object.keys(LOOKS).map((level) => el("li", {}, level === "disputed" ? text("span", "warning", "⚠ ") : null, sample(level), el("b", {}, word(level)), ` — ${word(`${level}told`)}`))),
    el("h3", {}, word("sources")),
    [...documents].map(([id, { title, lang, publisher }]) => text("p", "document", button("link", () => openDocument(id), bdi(title, lang)), publisher && text("small", "", ` ${nameOf(publisher)}`))),
  ];
}

function renderPanel() {
  const content = state.statement !== null ? statementPanel(statements[state.statement]) : state.node ? nodePanel(state.node) : introduction();
  byId("reading").replaceChildren(...content.flat(9).filter(Boolean));
}
