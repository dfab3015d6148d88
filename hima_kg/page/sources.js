// Sources: the documents, their passages in the order of the text, and what is said in each.

function passage(id, claim) {
  const rows = statements.filter((row) => row.claims.includes(id));
  const marks = [claim.modality !== "kg:Stated" && nameOf(claim.modality), claim.rank !== "kg:Normal" && nameOf(claim.rank)].filter(Boolean).map((mark) => [" ", text("span", "mark", mark)]);
  const list = el("ul", { class: "said" });
  const fillIn = () => { if (!list.childElementCount) list.append(...rows.map((row) => el("li", {}, goTo(row.s), " ", button("link verb", () => chooseStatement(row.number), propertyOf(row.p)), " ", valueOf(row)))); };
  const box = el("details", { class: "passage", "data-claim": id, toggle: fillIn }, el("summary", {}, text("span", "locator", bdi(claim.locator)), marks, " ", text("small", "", `${number(rows.length)} ${word("statementsmade")}`)), list);
  return box;
}

const inText = ([a, one], [b, other]) => (one.start ?? 1e9) - (other.start ?? 1e9) || (a < b ? -1 : 1);

function documentBox([id, { title, lang, publisher, source, date }]) {
  const told = [...claims].filter(([, claim]) => claim.document === id).sort(inText);
  const ids = new Set(told.map(([claim]) => claim));
  const made = statements.filter((row) => row.claims.some((claim) => ids.has(claim))).length;
  const held = conflicts.filter((conflict) => (conflict.sides ?? []).some((side) => ids.has(side.claim))).length;
  const isOn = !state.off.has(id);
  const show = () => { if (isOn) state.off.add(id); else state.off.delete(id); switched(); };
  return el("section", { class: "document", "data-document": id },
    el("h2", {}, outward(source, bdi(title, lang))),
    text("p", "told", [publisher && nameOf(publisher), date && visible(date)].filter(Boolean).join(" · ")),
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
