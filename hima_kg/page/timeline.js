// The timeline: every event and every statement that holds for a time, as bars on one axis, plans beside deeds.

const STATE_ROW = 22, RULER = 300, MARGINS = 36;
const FADING = 0.05; // how much of the axis a bar takes to fade out towards the days of which nothing is known

function stretchOf(style, start, end) {
  return placed(text("span", style), Math.max(0, start), Math.min(1, Math.max(start, end)));
}

/** Return how far along the axis a state is over that ends on a day: the last day of a date with two ends is in it. */
const overAt = (held, day) => at(held.basis === "Stated" ? dayAfter(day) : day);

/** Return from when to when a state is disputed, in words; nothing where it is not. */
const doubtOf = (held) => held.disputedFrom && `${word("disputedfrom")} ${brief(held.disputedFrom, 0)}${held.disputedUntil ? ` – ${brief(held.disputedUntil, 1)}` : ""}`;

/** Draw a state: solid where it holds for certain, hatched where it may, red where it is disputed. */
function stateBar(row, held) {
  const start = held.startEarliest ? at(held.startEarliest) : held.startLatest ? at(held.startLatest) - FADING : 0;
  const sure = held.startLatest ? at(dayAfter(held.startLatest)) : held.basis === "Implied" ? start : null;
  const end = held.endLatest ? overAt(held, held.endLatest) : 1;
  const ending = held.endEarliest ? Math.min(end, overAt(held, held.endEarliest)) : end;
  const disputed = held.disputedFrom ? Math.min(ending, at(held.disputedFrom)) : ending;
  const settled = held.disputedUntil ? Math.min(ending, at(dayAfter(held.disputedUntil))) : ending, begun = Math.min(sure ?? ending, ending);
  const open = sure === null, standing = held.basis === "Implied" ? "piece implied" : "piece sure";
  const pieces = [
    (open || start < sure) && stretchOf("piece maybe", start, open ? end : sure),
    !open && stretchOf(standing, begun, disputed),
    !open && disputed < settled && stretchOf("piece disputed", Math.max(begun, disputed), settled),
    !open && settled < ending && stretchOf(standing, Math.max(begun, settled), ending),
    !open && ending < end && stretchOf("piece maybe", ending, end),
  ];
  const level = levelOf(held, lookedAt());
  const value = row.link ? nameOf(row.o) : visible(row.o), doubt = doubtOf(held);
  const label = [`${nameOf(row.s)} ${propertyOf(row.p)} ${value}`, lasting(held), nameOf(`kg:${held.basis}`), doubt].filter(Boolean).join(" · ");
  if (!held.startEarliest) pieces.find(Boolean).classList.add("ago");
  const bar = el("button", { type: "button", class: `state ${level}${held.basis === "Announced" ? " announced" : ""}${row.number === state.statement ? " chosen" : ""}`, "data-number": row.number, title: label, "aria-label": label, click: () => chooseStatement(row.number) }, pieces, text("span", "name", held.disputedFrom && "⚠ ", value));
  const name = bar.querySelector(".name"), from = Math.max(0, start);
  Object.assign(name.style, from > 0.8 ? { right: percent(1 - from), maxWidth: percent(from) } : { left: percent(from), maxWidth: percent(1 - from) });
  bar.style.setProperty("--hue", row.link && things.get(row.o) ? colorOf(things.get(row.o).cls) : theme("line"));
  return bar;
}

function stacked(rows) {
  const bars = rows.flatMap((row) => heldOf(row).map((held) => ({ row, held, from: reach(held.startEarliest ?? held.startLatest ?? null, null)[0], to: held.endLatest ? overAt(held, held.endLatest) : 1 })));
  bars.sort((a, b) => a.from - b.from || a.to - b.to || a.row.number - b.row.number);
  const lanes = [];
  for (const bar of bars) {
    const room = Math.max(bar.to, bar.from + 0.12);
    const free = lanes.findIndex((end) => end <= bar.from + 0.0001);
    bar.lane = free < 0 ? lanes.length : free;
    lanes[bar.lane] = room;
  }
  return { bars, lanes: lanes.length };
}

/** Return what a row is of, by its whole name where there is no room for all of it. */
function who(id, note) {
  const cell = text("div", "who", goTo(id), note);
  cell.title = nameOf(id);
  return cell;
}

function stateRow(subject, rows) {
  const { bars, lanes } = stacked(rows);
  const track = text("div", "track", bars.map(({ row, held, lane }) => {
    const bar = stateBar(row, held);
    bar.style.top = `${lane * STATE_ROW}px`;
    return bar;
  }));
  track.style.height = `${Math.max(1, lanes) * STATE_ROW}px`;
  return text("div", "row", who(subject), track);
}

function eventRow(node) {
  const [start, end] = reach(node.earliest ?? node.latest, node.latest ?? node.earliest), open = isOpen(node);
  const from = node.earliest ? start : start - FADING, to = node.latest ? end : end + FADING;
  const label = `${nameOf(node.id)} · ${dated(node)}${node.status_id ? ` · ${nameOf(node.status_id)}` : ""}`;
  const mark = el("button", { type: "button", "data-id": node.id, class: ["happening", open && "open", tense(node), node.id === state.node && "chosen"].filter(Boolean).join(" "), title: label, "aria-label": label, click: () => choose(node.id, { follow: false }) }, glyph(things.get(node.id).cls, { open }));
  const date = text("span", `date${to > 0.8 ? " left" : ""}`, dated(node));
  Object.assign(date.style, to > 0.8 ? { right: percent(1 - from) } : { left: percent(to) });
  const bar = stretchOf(`piece ${open ? "planned" : "sure"}${node.earliest ? "" : " ago"}${node.latest ? "" : " onwards"}`, from, to);
  bar.style.setProperty("--hue", colorOf(things.get(node.id).cls));
  mark.style.left = percent((start + end) / 2);
  return text("div", "row", who(node.id, node.status_id && isOpen(node) && text("small", "", ` ${nameOf(node.status_id)}`)), text("div", "track", bar, date, mark));
}

function undatedRows() {
  const loose = undated();
  if (!loose.length) return null;
  return el("section", { class: "undated" }, el("h3", {}, `${word("undated")} `, text("small", "", number(loose.length))), el("ul", { class: "looselist" }, loose.map((node) => el("li", {}, glyph(things.get(node.id).cls, { open: isOpen(node) }), " ", goTo(node.id), node.status_id && text("small", "", ` ${nameOf(node.status_id)}`)))));
}

function renderTimeline() {
  const held = statements.filter((row) => heldOf(row).length && !row.derived && isDrawn(row.s) && !off(row.s) && !isFiltered(row));
  const happened = datedEvents().filter((node) => !off(node.id)).sort(byDate);
  const weight = ([property, rows]) => ["dotted", "thin", "normal", "thick"].indexOf(properties.get(property).line) * 1e4 + rows.length;
  const groups = grouped(held, (row) => row.p).sort((a, b) => weight(b) - weight(a)).map(([property, rows]) => el("section", {}, el("h3", {}, propertyOf(property)), grouped(rows, (row) => row.s).map(([subject, said]) => stateRow(subject, said))));
  return [
    isDated && text("div", "ruler", text("div", "who"), axis(Math.max(200, byId("sheet").clientWidth - (isNarrow() ? MARGINS : RULER)))),
    text("div", "bars", happened.length > 0 && el("section", {}, el("h3", {}, word("events")), happened.map(eventRow)), groups, undatedRows()),
  ];
}
