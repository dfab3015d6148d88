// What holds when. A state began between two days and ended between two days; what lies between is possible, never rounded.

const LEVELS = ["certain", "implied", "disputed", "possible", "unknown", "undated"];

const NEVER = "9999-99-99"; // after every day

/** Return the first and last day that a date written by hand means, as the command line reads it; null if it is none. */
function dayOf(written) {
  if (written === "..") return { first: "0001-01-01", last: "9999-12-31" };
  const [from, to = from, ...more] = String(written ?? "").split("/");
  const first = from === ".." ? "0001-01-01" : edgeOf(from, 0), last = to === ".." ? "9999-12-31" : edgeOf(to, 1);
  return first && last && !more.length && first <= last ? { first, last } : null;
}

function edgeOf(written, side) {
  const [, year, month, day] = /^(\d{4})(?:-(0[1-9]|1[0-2])(?:-(\d{2}))?)?$/.exec(written) ?? [];
  if (!year) return null;
  const end = lastDay(Number(year), Number(month ?? 12));
  if (day && (day < "01" || Number(day) > end)) return null;
  return `${year}-${month ?? ["01", "12"][side]}-${day ?? ["01", String(end)][side]}`;
}

const lastDay = (year, month) => (month === 2 ? (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31);

/** Return how surely a state holds on a day: one of LEVELS; "notyet" if it begins after it, "ended" if it ended before.
 *
 * What a change ends holds no more on the day of the change; a date with two ends has its last day in it. */
function levelOf(held, { first, last }) {
  const isOver = (end, day) => (held.basis === "Stated" ? end < day : end <= day);
  if ((held.startEarliest ?? "") > last) return "notyet";
  if (isOver(held.endLatest ?? NEVER, first)) return "ended";
  const implied = held.basis === "Implied";
  const begun = held.startLatest ? held.startLatest <= first : implied;
  if (!begun) return held.startEarliest || (held.startLatest && held.basis !== "Stated") ? "possible" : "unknown";
  if (isOver(held.endEarliest ?? (held.endLatest ? "" : NEVER), last)) return "possible"; // it can have ended on any day
  if ((held.disputedFrom ?? NEVER) <= last && first <= (held.disputedUntil ?? NEVER)) return "disputed";
  return implied ? "implied" : "certain";
}

/** Return how surely a statement holds on a day: one of LEVELS, "notyet", "ended", or "claimed" if no claim that counts says it. */
function holding(row, day) {
  if (!properties.get(row.p)?.timed) return row.best ? (state.asof ? "undated" : "certain") : "claimed";
  const told = heldOf(row);
  if (!told.length) return row.best ? "unknown" : "claimed";
  const levels = told.map((held) => levelOf(held, day));
  return LEVELS.find((level) => levels.includes(level)) ?? (levels.includes("ended") ? "ended" : "notyet");
}

const holds = (level) => LEVELS.includes(level);
const newest = dayOf(page.newest) ?? dayOf("..");
const lookedAt = () => dayOf(state.asof) ?? newest;
const standing = (row) => holding(row, lookedAt());
const isTimed = (row) => Boolean(row.states.length || properties.get(row.p)?.timed);

// How dates are written

const between = (earliest, latest) => {
  if (!earliest || !latest) return earliest ? `≥ ${brief(earliest, 0)}` : latest ? `≤ ${brief(latest, 1)}` : "?";
  if (earliest === latest) return earliest;
  for (const size of [4, 7]) {
    const same = dayOf(earliest.slice(0, size));
    if (same?.first === earliest && same.last === latest) return earliest.slice(0, size);
  }
  return `${brief(earliest, 0)} – ${brief(latest, 1)}`;
};

function brief(day, side) {
  const month = dayOf(day.slice(0, 7));
  return month && [month.first, month.last][side] === day ? day.slice(0, 7) : day;
}

/** Write a date as the page writes all of them, if it is one that it can read: "2025-01/.." as "≥ 2025-01". */
function dateOf(written) {
  const [from, to, ...more] = String(written).split("/");
  if (to === undefined || more.length || !dayOf(written)) return visible(written);
  return from === ".." ? `≤ ${to}` : to === ".." ? `≥ ${from}` : `${from} – ${to}`;
}

const dated = ({ earliest, latest }) => (earliest || latest ? between(earliest, latest) : word("undated"));

function lasting(held) {
  const start = held.startEarliest || held.startLatest ? between(held.startEarliest, held.startLatest) : "…";
  const end = held.endEarliest || held.endLatest ? between(held.endEarliest, held.endLatest) : "…";
  return start === "…" && end === "…" ? word("undated") : `${start} → ${end}`;
}

// The axis: years side by side, each as wide; a lull of several years takes the width of one

const LULL = 2;
const datedEvents = () => [...nodes.values()].filter((node) => node.event && (node.earliest || node.latest));
const BOUNDS = ["startEarliest", "startLatest", "endEarliest", "endLatest", "disputedFrom", "disputedUntil"];
const known = [
  ...datedEvents().flatMap((event) => [event.earliest, event.latest]),
  ...statements.filter((row) => isDrawn(row.s)).flatMap((row) => row.states.flatMap((held) => BOUNDS.map((name) => held[name]))),
].filter(Boolean).sort();
const isDated = known.length > 0;
const slots = spread([...new Set([...known, ...(isDated && page.newest ? [page.newest] : [])].map((day) => Number(day.slice(0, 4))))].sort((a, b) => a - b));

function spread(years) {
  const found = [];
  for (const year of years) {
    const start = found.length ? found[found.length - 1][1] + 1 : year;
    if (year - start > LULL) found.push([start, year - 1]);
    else for (let quiet = start; quiet < year; quiet += 1) found.push([quiet, quiet]);
    found.push([year, year]);
  }
  return found;
}

const ordinal = (day) => Date.parse(`${day}T00:00Z`) / 864e5;
const yearOf = (year) => String(year).padStart(4, "0");
const ordinalOfYear = (year) => (year > 9999 ? ordinal("9999-12-31") + 1 : ordinal(`${yearOf(year)}-01-01`));

/** Return how far along the axis a day begins, from 0 to 1. */
function at(day) {
  if (day === AFTER) return 1;
  const year = Number(day.slice(0, 4));
  const slot = slots.findIndex(([, last]) => year <= last);
  if (slot < 0) return 1;
  const [first, last] = slots[slot];
  const start = ordinalOfYear(first), end = ordinalOfYear(last + 1);
  return (slot + Math.max(0, Math.min(1, (ordinal(day) - start) / (end - start)))) / slots.length;
}

const AFTER = "9999-12-32"; // the day after all days that are written with four digits of a year
const dayAfter = (day) => (day >= "9999-12-31" ? AFTER : new Date((ordinal(day) + 1) * 864e5).toISOString().slice(0, 10));
/** Return where something of two days begins and ends on the axis: a month is a month wide. */
const reach = (earliest, latest) => [earliest ? at(earliest) : 0, latest ? at(dayAfter(latest)) : 1];
const isLull = ([first, last]) => first !== last;
const spanOf = ([first, last]) => (first === last ? String(first) : `${first}–${last}`);

const months = slots.length ? monthsOf(slots[0][0], slots[slots.length - 1][1]) : [];
function monthsOf(first, last) {
  const found = [];
  for (let year = first; year <= last; year += 1) for (let month = 1; month <= 12; month += 1) found.push(`${yearOf(year)}-${String(month).padStart(2, "0")}`);
  return found;
}

/** Return the month at a place on the axis. */
function monthAt(place) {
  const along = Math.min(slots.length - 1e-9, Math.max(0, place * slots.length)), slot = Math.floor(along), [first, last] = slots[slot];
  const day = ordinalOfYear(first) + (along - slot) * (ordinalOfYear(last + 1) - ordinalOfYear(first));
  return new Date(Math.floor(day) * 864e5).toISOString().slice(0, 7);
}
