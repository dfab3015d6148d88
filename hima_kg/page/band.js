// The time band: events by date beneath the network, on the axis along which one moves the day as of which one looks.

const ROW = 18, GLYPH = 13, WIDEST = 230, GAP = 5, YEAR = 36, GRIP = 70, KNOB = 22, YEARS = 32, HAZE = 34;
const isNarrow = () => matchMedia("(max-width: 760px)").matches;
const OPEN = new Set(["kg:Planned", "kg:Expected", "kg:Announced"]);
const isOpen = (node) => OPEN.has(node.status_id);
const percent = (part) => `${(100 * part).toFixed(3)}%`;

/** Return whether an event is past, present or later as of the day; null where there is no day, or no date. */
function tense({ earliest, latest, status_id }) {
  const day = dayOf(state.asof);
  if (!day || !(earliest || latest)) return null;
  const first = earliest ?? (OPEN.has(status_id) ? latest : ""); // what is due by a day is ahead of those before it
  if (first > day.last) return "yet";
  return earliest && latest && latest >= day.first ? "present" : "past";
}

function placed(element, start, end) {
  Object.assign(element.style, { left: percent(start), width: percent(end - start) });
  return element;
}

// The axis: years, and the handle that is the day

function axis(width) {
  const day = dayOf(state.asof);
  const named = labelled(width, [gripCentre(day, width) - grip(day) / 2, gripCentre(day, width) + grip(day) / 2]), part = 1 / slots.length;
  const marks = slots.map((slot, i) => placed(el("span", { class: `tick${isLull(slot) ? " lull" : ""}${named.has(i) || part * width > YEAR ? "" : " quiet"}` }, named.has(i) && text("span", "year", spanOf(slot))), i * part, (i + 1) * part));
  const column = day && day.last >= `${months[0]}-01` && placed(text("span", "day"), at(day.first), at(dayAfter(day.last)));
  return el("div", { class: "axis", pointerdown: grab }, marks, column, handle(day, width));
}

/** Return the slots of the axis that have room for their years: the first after each lull, then round ones, then all. */
function labelled(width, grip) {
  const taken = [grip], found = new Set(), part = width / slots.length;
  const rank = ([first], i) => (!i || isLull(slots[i - 1]) ? 0 : 1 + [100, 50, 10, 5, 2, 1].findIndex((round) => first % round === 0));
  const order = slots.map((slot, i) => [isLull(slot) ? 9 : rank(slot, i), i]).sort(([a, i], [b, j]) => a - b || i - j);
  for (const [, i] of order) {
    const from = i * part, to = from + (isLull(slots[i]) ? 2 * YEAR : YEAR);
    const fits = to <= width + 6 && (!isLull(slots[i]) || part >= 2 * YEAR) && taken.every(([a, b]) => to <= a || b <= from);
    if (fits) found.add(i) && taken.push([from, to]);
  }
  return found;
}

const gripAt = (day) => (day ? Math.min(1, Math.max(0, (at(day.first) + at(dayAfter(day.last))) / 2)) : 1);

const grip = (day) => (day || !isNarrow() ? GRIP : KNOB); // on a phone, "any time" would hide a year

const gripCentre = (day, width) => Math.min(Math.max(gripAt(day) * width, grip(day) / 2), width - grip(day) / 2);

/** Return the handle of the day; its pill stays within the axis. */
function handle(day, width) {
  const now = monthOf(state.asof);
  const moved = (number) => { const home = knob.closest("#band, #sheet"); lookAsOf(monthNumber(number)); home.querySelector(".handle").focus(); };
  const knob = el("div", {
    class: `handle${day ? "" : " any"}`, role: "slider", tabindex: 0, "aria-label": word("asof"), "aria-valuemin": 0, "aria-valuemax": months.length,
    "aria-valuenow": now, "aria-valuetext": state.asof ?? word("anytime"), "aria-orientation": "horizontal", keydown: (event) => step(event, now, moved),
  }, text("span", "grip", state.asof ?? (isNarrow() ? "↔" : word("anytime"))));
  knob.style.left = percent(gripAt(day));
  knob.style.setProperty("--shift", `${(gripCentre(day, width) - gripAt(day) * width).toFixed(1)}px`);
  return knob;
}

/** Return the number of a day's month; that after the last one for no day, or a later one. */
function monthOf(day) {
  const number = day ? months.findIndex((month) => month >= day.slice(0, 7)) : -1;
  return number < 0 ? months.length : number;
}

const monthNumber = (index) => (index >= months.length ? null : months[Math.max(0, index)]);

function step(event, now, moved) {
  const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 12, PageDown: -12, Home: -1e6, End: 1e6 }[event.key];
  if (!by) return;
  event.preventDefault();
  moved(now + by);
}

function grab(event) {
  const home = event.currentTarget.closest("#band, #sheet"), box = event.currentTarget.getBoundingClientRect();
  if (box.bottom - event.clientY > YEARS && !event.target.closest(".handle")) return; // among the events, not along the years
  const pull = ({ clientX }) => { const place = (clientX - box.left) / box.width; lookAsOf(place > 1.01 ? null : monthAt(place)); };
  const drop = () => { removeEventListener("pointermove", pull); removeEventListener("pointerup", drop); removeEventListener("pointercancel", drop); home.querySelector(".handle").focus(); };
  event.preventDefault();
  pull(event);
  addEventListener("pointermove", pull);
  addEventListener("pointerup", drop);
  addEventListener("pointercancel", drop);
}

// Events, each in the first row that has room for it and its name

/** Return where an event's bar begins and ends: what has one day only, before or after which it was, runs out beyond it. */
function barOf({ earliest, latest }, width) {
  const [from, to] = reach(earliest ?? latest, latest ?? earliest).map((place) => place * width);
  if (!latest) return [Math.min(from, width - HAZE), Math.min(from, width - HAZE) + HAZE];
  if (!earliest) return [Math.max(0, to - HAZE), Math.max(0, to - HAZE) + HAZE];
  const start = Math.min(from, width - GLYPH);
  return [start, Math.max(to, start + GLYPH)];
}

function rowsOf(events, width) {
  const rows = [];
  return events.map((node) => {
    const [start, end] = barOf(node, width);
    const label = Math.min(WIDEST, measure(labelOf(node.id), font(LABEL))) + 12;
    const side = end + label <= width || start - label < 0 ? "right" : "left";
    const [left, right] = side === "right" ? [start, end + label] : [start - label, end];
    const free = rows.findIndex((taken) => taken.every(([one, other]) => right + 6 <= one || other + 6 <= left));
    const row = free < 0 ? rows.push([]) - 1 : free;
    rows[row].push([left, right]);
    return { node, start, wide: end - start, side, row, label: Math.min(label, side === "right" ? width - end : start) - GAP };
  });
}

function eventMark({ node, start, wide, side, row, label }) {
  const cls = things.get(node.id).cls, open = isOpen(node);
  const name = text("span", "name", labelOf(node.id)), told = [nameOf(node.id), dated(node), node.status_id && open && nameOf(node.status_id)].filter(Boolean).join(" · ");
  name.style.maxWidth = `${label}px`;
  const bar = text("span", "bar", wide > GLYPH + 1 && text("span", `stretch${node.latest ? "" : " since"}${node.earliest ? "" : " until"}`), glyph(cls, { open }), troubled.has(node.id) && text("span", "dot"));
  Object.assign(bar.style, { width: `${wide}px`, color: colorOf(cls) });
  const mark = el("button", {
    type: "button", class: ["event", side, open && "open", tense(node)].filter(Boolean).join(" "), "data-id": node.id, title: told, "aria-label": told,
    click: () => choose(node.id, { follow: false }), pointerenter: () => hoverAt(node.id), pointerleave: () => hoverAt(null), focus: () => hoverAt(node.id), blur: () => hoverAt(null),
  }, bar, name);
  Object.assign(mark.style, side === "right" ? { left: `${start}px`, top: `${row * ROW}px` } : { right: `calc(100% - ${start + wide}px)`, top: `${row * ROW}px` });
  return mark;
}

const byDate = (a, b) => ((a.earliest ?? a.latest) < (b.earliest ?? b.latest) ? -1 : (a.earliest ?? a.latest) > (b.earliest ?? b.latest) ? 1 : a.id < b.id ? -1 : 1);
const undated = () => [...nodes.values()].filter((node) => node.event && !(node.earliest || node.latest) && !off(node.id));

function renderBand() {
  const host = byId("band");
  host.hidden = !isDated;
  if (!isDated) return;
  const scroll = host.querySelector(".rows")?.scrollTop ?? 0;
  const width = host.clientWidth - 2 * 20;
  const marks = rowsOf(datedEvents().filter((node) => !off(node.id)).sort(byDate), width);
  const field = text("div", "field", marks.map(eventMark));
  field.style.height = `${ROW * (1 + Math.max(-1, ...marks.map(({ row }) => row)))}px`;
  const loose = undated();
  const more = loose.length > 0 && button("loose", openUndated, `${word("undated")} ${number(loose.length)}`);
  const shelf = el("div", { class: "rows", scroll: fade }, field);
  host.replaceChildren(axis(width), shelf, more || "");
  shelf.scrollTop = scroll;
  markEvents();
  fade();
}

/** Let the band fade out where more of it lies below. */
function fade() {
  const shelf = byId("band").querySelector(".rows");
  shelf.classList.toggle("more", shelf.scrollTop + shelf.clientHeight < shelf.scrollHeight - 4);
}

function openUndated() {
  selectTab("timeline");
  byId("sheet").querySelector(".undated").scrollIntoView({ block: "center" });
}

function markEvents() {
  for (const mark of byId("band").querySelectorAll(".event")) {
    const { id } = mark.dataset;
    mark.classList.toggle("chosen", id === state.node);
    if (id === state.node) keepInView(mark);
    mark.classList.toggle("found", state.found.has(id));
    mark.classList.toggle("faint", !lit(id) && id !== state.hover);
  }
}

function keepInView(mark) {
  const shelf = mark.closest(".rows"), above = mark.offsetTop - shelf.scrollTop;
  if (above < 0 || above + ROW > shelf.clientHeight) shelf.scrollTop = mark.offsetTop - shelf.clientHeight / 2;
}

// Threads: lines between an event and what it is about, while one of them is pointed at or chosen

function paintThreads() {
  const canvas = byId("threads"), box = canvas.getBoundingClientRect(), ratio = devicePixelRatio;
  if (!box.width) return;
  const ctx = canvas.getContext("2d");
  if (canvas.width !== Math.round(box.width * ratio) || canvas.height !== Math.round(box.height * ratio)) Object.assign(canvas, { width: Math.round(box.width * ratio), height: Math.round(box.height * ratio) });
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.clearRect(0, 0, box.width, box.height);
  for (const edge of threads) if (spoken(edge) && !isFiltered(rowOf(edge))) thread(ctx, edge, box);
}

function thread(ctx, edge, box) {
  const [one, other] = [edge.from, edge.to].map((id) => anchor(id, box));
  if (!one || !other) return;
  const path = new Path2D(), middle = (one.y + other.y) / 2;
  path.moveTo(one.x, one.y);
  path.bezierCurveTo(one.x, middle, other.x, middle, other.x, other.y);
  stroke(ctx, path, theme("muted"), 1.4, standing(rowOf(edge)) === "claimed" ? [7, 4] : []);
}

function anchor(id, box) {
  if (!isEvent(id)) {
    if (!seen(id)) return null;
    const { x, y } = network.canvasToDOM(network.getPosition(id)), canvas = byId("canvas").getBoundingClientRect();
    const foot = y + extent(nodes.get(id)).height / 2, label = drawn.labels.find((one) => one.id === id && one.y >= foot);
    return { x: x + canvas.left - box.left, y: (label ? label.y + label.h : foot) + canvas.top - box.top };
  }
  const bar = byId("band").querySelector(`[data-id="${CSS.escape(id)}"] .bar`)?.getBoundingClientRect();
  const shelf = byId("band").querySelector(".rows")?.getBoundingClientRect();
  return bar && { x: bar.left + bar.width / 2 - box.left, y: Math.min(Math.max(bar.top, shelf.top), shelf.bottom) - box.top };
}
