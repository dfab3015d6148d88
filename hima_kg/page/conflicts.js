// Conflicts: what the claims say against each other, side by side, what is preferred, and what only looks like one.

function titleOf(conflict) {
  const label = named(conflict.label, conflict.id), kind = nameOf(conflict.kind);
  return label.startsWith(`${kind}: `) ? label.slice(kind.length + 2) : label; // the kind stands above it
}

/** Return arithmetic as people read it: things by their names, days by months, digits in groups but for those of years, dates and names; texts, which are quoted, as they are. */
const legible = (line) => line.split(/("[^"]*")/).map((part, i) => (i % 2 ? part : part
  .replace(/<[^<>\s]+>|(?<![\w.,:/])(?<!\w-)(?!(?:1\d|20)\d\d\b)[1-9]\d{3,}(?![\w/-])/g, (found) => (found.startsWith("<") ? found : number(BigInt(found))))
  .replace(/\b(\d{4}-\d\d-\d\d) – (\d{4}-\d\d-\d\d)\b/g, (days, earliest, latest) => (dayOf(`${earliest}/${latest}`) ? between(earliest, latest) : days))
  .replace(/<([^<>\s]*:[^<>\s]+)>/g, (_, id) => nameOf(id)))).join("");

function sideOf({ claim, says, preferred }) {
  const told = grouped(says, (said) => said.s).map(([subject, rows]) => el("li", {}, goTo(subject),
    dl("", grouped(rows, (said) => said.p).map(([property, values]) => [propertyOf(property), values.flatMap((said, i) => [i ? ", " : "", valueOf(said)])]))));
  return text("div", `side${preferred ? " preferred" : ""}`, citation(claim, { preferred }), told.length > 0 && el("ul", {}, told));
}

function conflictBox(conflict, { folded = false, mild = false, listed = false } = {}) {
  const sign = mild ? "↻" : "⚠", tone = mild ? "kindly" : "warning";
  const head = listed ? text("p", "value", text("span", tone, `${sign} `), bdi(titleOf(conflict))) : [text("p", tone, `${sign} ${nameOf(conflict.kind)}`), text("p", "value", bdi(titleOf(conflict)))];
  const body = [
    conflict.arithmetic.map((line) => text("p", "arithmetic", bdi(legible(line)))),
    text("div", "sides", conflict.sides.filter(({ claim }) => !isMute(claim)).map(sideOf)),
    conflict.sides.some(({ claim }) => isMute(claim)) && text("p", "remark", word("lacking")),
    conflict.remarks.map((line) => text("p", "remark", bdi(line))),
    text("p", "remark", conflict.rule ? `${word("foundby")} ${visible(conflict.sentence ?? nameOfRule(conflict.rule))}` : word("curated"), !mild && conflict.sides.length > 1 && !conflict.sides.some((side) => side.preferred) && ` ${word("neither")}`),
  ];
  if (folded) return el("details", { class: "conflict" }, el("summary", {}, head), body);
  return el("article", { class: `conflict${mild ? " mild" : ""}`, "data-id": conflict.id }, head, body);
}

const isTold = (conflict) => stands(conflict) && (!conflict.about.length || conflict.about.some((id) => !off(id)));

function renderConflicts() {
  const section = (title, list, options) => {
    const told = list.filter(isTold);
    if (!told.length) return null;
    return el("section", {}, el("h2", {}, title, " ", text("small", "", number(told.length))), grouped(told, (conflict) => conflict.kind).map(([kind, group]) => el("section", {}, el("h3", {}, nameOf(kind), " ", text("small", "", number(group.length))), text("div", "cards", group.map((conflict) => conflictBox(conflict, { listed: true, ...options }))))));
  };
  const found = [section(word("conflicts"), conflicts, {}), section(word("variations"), variations, { mild: true })].filter(Boolean);
  return found.length ? found : text("p", "none", word("noconflicts"));
}
