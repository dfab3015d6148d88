// The table: every statement, to sort and to filter; it says in words all that the picture shows.

const PORTION = 250;
let unfolded = PORTION; // how many rows were asked for: whoever comes back finds them
const COLUMNS = [
  ["subject", (row) => nameOf(row.s)],
  ["property", (row) => propertyOf(row.p)],
  ["value", (row) => (row.link ? nameOf(row.o) : row.o)],
  ["holds", (row) => told(row)],
  ["source", (row) => sourceOf(row)],
];

/** Say how surely a statement holds as of the day, and for how long. */
function told(row) {
  const level = standing(row), times = heldOf(row).map(lasting).join("; ");
  const how = !isTimed(row) && level === "certain" ? "" : wordOf(row, level);
  return [how, times].filter(Boolean).join(" · ");
}

function sourceOf(row) {
  if (row.derived) return row.rule ? `${word("derived")} ${nameOfRule(row.rule)}` : word("inferred");
  const cited = grouped([...heard(citedBy(row))], (id) => claims.get(id)?.document);
  return cited.map(([document, ids]) => [document && `${document.replace(/^.*?:/, "")}:`, [...new Set(ids.map(passageOf))].join("; ")].filter(Boolean).join(" ")).join("; ");
}

function passageOf(id) {
  const claim = claims.get(id), weights = claim ? weightsOf(claim) : [];
  return `${claim?.locator ?? id}${weights.length ? ` (${weights.join(", ")})` : ""}`;
}

const isAsked = (row) => !isFiltered(row) && !off(row.s) && isThere(row);

let haystacks = new Map(), searched = "";
function haystack(row) {
  const key = row.number, looks = JSON.stringify([state.lang, state.asof, [...state.off]]);
  if (searched !== looks) [haystacks, searched] = [new Map(), looks];
  if (!haystacks.has(key)) {
    const names = [row.s, row.link ? row.o : null].flatMap((id) => [id, ...(things.get(id)?.names ?? []).map(([name]) => name), ...(things.get(id)?.keys ?? [])]);
    haystacks.set(key, fold([...names, propertyOf(row.p), row.p, row.link ? nameOf(row.o) : row.o, sourceOf(row), told(row), ...heard(citedBy(row))].filter(Boolean).join("\n")));
  }
  return haystacks.get(key);
}

function tableRows() {
  const sought = fold(state.filter).split(/\s+/).filter(Boolean);
  const rows = statements.filter((row) => isAsked(row) && sought.every((one) => haystack(row).includes(one)));
  const [name, down] = state.sort ?? [];
  const column = COLUMNS.find(([key]) => key === name)?.[1];
  if (!column) return rows;
  const keyed = rows.map((row) => [column(row), row]), collator = new Intl.Collator(tag(state.lang) ?? "en", { numeric: true });
  keyed.sort(([a, one], [b, other]) => (a === "") - (b === "") || collator.compare(a, b) * (down ? -1 : 1) || one.number - other.number);
  return keyed.map(([, row]) => row);
}

function tableRow(row) {
  const open = button("link", () => chooseStatement(row.number), propertyOf(row.p));
  return el("tr", { class: [row.number === state.statement && "chosen", row.derived && "derived"].filter(Boolean).join(" ") || null, "data-number": row.number },
    el("th", { scope: "row" }, text("span", "named", things.has(row.s) && glyph(things.get(row.s).cls), goTo(row.s))), el("td", {}, open), el("td", {}, valueOf(row)),
    el("td", { class: "holds" }, levelMark(row), heldOf(row).map((held) => text("span", "times", lasting(held)))), el("td", { class: "source" }, sourceOf(row)));
}

function sortBy(name) {
  const [at, down] = state.sort ?? [];
  state.sort = at !== name ? [name, false] : down ? null : [name, true];
  unfolded = PORTION;
  remember();
  renderSheet();
  document.querySelector(`#sheet [data-column="${name}"]`)?.focus();
}

function heading([name]) {
  const [at, down] = state.sort ?? [];
  const order = at === name ? (down ? "descending" : "ascending") : "none";
  const sort = el("button", { type: "button", "data-column": name, click: () => sortBy(name) }, word(name), text("span", "arrow", { ascending: " ↑", descending: " ↓", none: "" }[order]));
  return el("th", { scope: "col", "aria-sort": order }, sort);
}

function unfold(body, rest, rows, from = 0) {
  body.append(...rows.slice(from, unfolded).map(tableRow));
  const left = rows.length - unfolded, more = () => { unfolded += PORTION; unfold(body, rest, rows, unfolded - PORTION); };
  rest.replaceChildren(!rows.length ? text("p", "none", word("nonefound")) : left > 0 ? button("action", more, `${word("more")} (${number(left)})`) : "");
}

function renderTable() {
  const body = el("tbody"), rest = text("div", "rest");
  const filter = el("input", { type: "search", class: "filter", placeholder: word("filter"), "aria-label": word("filter"), value: state.filter, spellcheck: "false", autocomplete: "off" });
  filter.addEventListener("input", () => { state.filter = filter.value; unfolded = PORTION; remember(); refill(); });
  const count = el("span", { class: "count", role: "status" });
  const refill = () => { const rows = tableRows(); body.replaceChildren(); unfold(body, rest, rows); count.textContent = `${number(rows.length)} / ${number(statements.length)}`; };
  refill();
  return [
    text("div", "tools", filter, count),
    el("table", { class: "statements" }, el("caption", { class: "hidden" }, word("table")), el("thead", {}, el("tr", {}, COLUMNS.map(heading))), body),
    rest,
  ];
}
