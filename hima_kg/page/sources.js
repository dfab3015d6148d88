// Sources: the documents, their passages in the order of the text, and what is said in each.

const citing = grouping(statements.flatMap((row) => row.claims.map((claim) => [claim, row])), ([claim]) => claim);

function passage(id, claim) {
  const count = (citing.get(id) ?? []).length;
  const marks = weightsOf(claim).map((mark) => [" ", text("span", "mark", mark)]);
  return el("details", { class: "passage", "data-claim": id, toggle: (event) => fillIn(event.currentTarget) },
    el("summary", {}, text("span", "locator", bdi(claim.locator)), " ", text("small", "curie", visible(id)), marks, " ", text("small", "", `${number(count)} ${word(count === 1 ? "statementmade" : "statementsmade")}`)),
    el("ul", { class: "said" }));
}

/** Put what a passage says into its box, when that is opened. */
function fillIn(box) {
  const list = box.querySelector(".said"), rows = (citing.get(box.dataset.claim) ?? []).map(([, row]) => row);
  if (!list.childElementCount) list.append(...rows.map((row) => el("li", {}, sentence(row, row))));
}

const inText = ([a, one], [b, other]) => (one.start ?? 1e9) - (other.start ?? 1e9) || (a < b ? -1 : 1);

function documentBox([id, { title, lang, publisher, source, date }]) {
  const told = [...claims].filter(([, claim]) => claim.document === id).sort(inText);
  const ids = new Set(told.map(([claim]) => claim));
  const made = statements.filter((row) => row.claims.some((claim) => ids.has(claim))).length;
  const held = conflicts.filter(isTold).filter((conflict) => conflict.sides.some((side) => ids.has(side.claim))).length;
  const isOn = !state.off.has(id);
  const show = () => { if (isOn) state.off.add(id); else state.off.delete(id); switched(); };
  return el("section", { class: "document", "data-document": id },
    el("h2", {}, outward(source, bdi(title, lang))),
    text("p", "told", [publisher && nameOf(publisher), date && dateOf(date)].filter(Boolean).join(" · ")),
    dl("figures", [[word("claims"), number(told.length)], [word("statementsmade"), number(made)], [word("conflicts"), number(held)]]),
    el("button", { type: "button", class: "action", "aria-pressed": String(isOn), click: show }, word(isOn ? "hidesource" : "showsource")),
    told.map(([claim, about]) => passage(claim, about)));
}

const renderSources = () => [...documents].map(documentBox);

function openDocument(id) {
  selectTab("sources");
  byId("sheet").querySelector(`[data-document="${CSS.escape(id)}"]`)?.scrollIntoView({ block: "start" });
}

function openClaim(id) {
  selectTab("sources");
  const box = byId("sheet").querySelector(`[data-claim="${CSS.escape(id)}"]`);
  if (!box) return;
  box.open = true;
  box.scrollIntoView({ block: "center" });
  box.querySelector("summary").focus();
}
