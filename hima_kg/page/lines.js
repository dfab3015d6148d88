// Lines: colour tells the property; dashes, the arrow's head and a sign tell how surely it holds, numbers how many say it.

const LOOKS = {
  certain: {},
  implied: { dashes: [22, 3], head: "vee", thin: 0.8 },
  disputed: { dashes: [7, 5], color: "warning" },
  possible: { dashes: [9, 5] },
  unknown: { dashes: [2, 5] },
  undated: { head: "vee", thin: 0.45 },
  claimed: { dashes: [12, 4, 2, 4], head: "vee", color: "line" },
  ended: { dashes: [1, 5], head: "bar", color: "line" },
  notyet: { dashes: [1, 9], head: "vee", color: "line" },
};
const colorOfLine = (row, level) => (LOOKS[level].color ? theme(LOOKS[level].color) : properties.get(row.p)?.color?.[worn()] ?? theme("line"));

const isPassedOver = (edge) => (state.node || state.statement !== null) && !spoken(edge);

function edgeLook(edge) {
  const level = sight(edge), look = LOOKS[level ?? "certain"], row = rowOf(edge);
  const width = edge.width * (look.thin ?? 1) * (edge.statement === state.statement ? 2.2 : spoken(edge) ? 1.6 : 1);
  return {
    id: edge.id, hidden: !level || isFolded(edge), width, dashes: look.dashes ?? false,
    color: { color: colorOfLine(row, level ?? "certain"), opacity: isPassedOver(edge) ? 0.14 : 1 },
    arrows: { to: { enabled: true, type: look.head ?? "arrow", scaleFactor: 0.45 } },
    ...(fanOf.get(edge).length > 1 && { smooth: smooth(bendOf(edge)) }),
  };
}

const THINNEST = 1.2;
let thickened = null;
/** Have the renderer draw no line thinner than can be seen, however far away one looks from. */
function thicken() {
  const edge = thickened ? null : Object.values(network.body.edges)[0];
  if (!edge) return;
  thickened = Object.getPrototypeOf(edge);
  const { getFormattingValues: formatted } = thickened;
  thickened.getFormattingValues = function () {
    const values = formatted.call(this);
    return Object.assign(values, { width: Math.max(values.width, THINNEST / network.getScale()) });
  };
}

const laid = new Map();
function repaint() {
  foldFans();
  const looks = lines.filter((edge) => shown.has(edge.from) && shown.has(edge.to)).map(edgeLook).filter((look) => {
    const key = JSON.stringify(look);
    return laid.get(look.id) !== key && laid.set(look.id, key);
  });
  if (looks.length) visEdges.update(looks);
  thicken();
  network.redraw();
}

// Lines between the same two things run side by side, as a fan; of many, the one that tells most stands for all

const ABREAST = 3, APART = 0.16;
const fans = [...grouping(lines, ({ from, to }) => [from, to].sort().join(" ")).values()];
const fanOf = new Map(fans.flatMap((fan) => fan.map((edge) => [edge, fan])));
const roomFor = ([{ from, to }]) => (from === to ? 1 : ABREAST);
const folded = new Map(); // for how many lines one stands, 0 for those behind it
const marks = new Map(); // the number that a line bears: so many lines that it stands for, or so many documents that tell it
const isFolded = (edge) => folded.get(edge) === 0;
const drawnLines = () => lines.filter((edge) => sight(edge) && !isFolded(edge));

const documentsOf = (row) => new Set(heard(citedBy(row)).map((claim) => claims.get(claim)?.document));

function foldFans() {
  folded.clear();
  marks.clear();
  const telling = (edge) => 9 * (edge.statement === state.statement) + 5 * (sight(edge) === "disputed") + 2 * holds(sight(edge)) + edge.width / 9;
  for (const fan of fans.filter((one) => one.length > roomFor(one))) {
    const visible = fan.filter(sight);
    if (visible.length <= roomFor(fan)) continue;
    const first = visible.reduce((a, b) => (telling(b) > telling(a) ? b : a));
    visible.forEach((edge) => folded.set(edge, edge === first ? visible.length : 0));
  }
  for (const edge of drawnLines()) {
    const many = folded.get(edge), told = documentsOf(rowOf(edge)).size;
    if (many || told > 1) marks.set(edge, many ? `×${number(many)}` : number(told));
  }
}

function bendOf(edge) {
  const fan = fanOf.get(edge), abreast = fan.length > ABREAST ? fan.filter((one) => sight(one) && !isFolded(one)) : fan;
  const place = abreast.indexOf(edge) - (abreast.length - 1) / 2;
  return place ? [(place > 0) === (edge.from < edge.to) ? "curvedCW" : "curvedCCW", Math.abs(place) * APART] : edge.bend;
}

function smooth([type, roundness]) {
  const flat = type === "horizontal";
  return { enabled: true, roundness, type: flat ? "cubicBezier" : type, ...(flat && { forceDirection: type }) };
}

const ALONG = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.12, 0.88];

/** Return where something may be written along a line, the best place first. */
function along(edge) {
  if (edge.from === edge.to) return [looped(edge.from)[8]];
  const curve = network.body.edges[edge.id]?.edgeType;
  return curve ? ALONG.map((t) => network.canvasToDOM(curve.getPoint(t))) : [];
}

/** Return the first of some boxes that is free and clear; if one must be had, one that is only free, or the one that hides least. */
function firstFree(boxes, taken, must, clear = () => true) {
  const least = () => boxes.reduce((a, b) => (taken.hidden(b) < taken.hidden(a) ? b : a));
  const free = boxes.filter((one) => taken.isFree(one));
  const box = free.find(clear) ?? (must && boxes.length ? (free[0] ?? least()) : null);
  if (box) taken.add(box);
  return box;
}

/** Return a badge for each line that bears a number, where it hides nothing; that of several lines is there in any case. */
function badges(taken) {
  return [...marks].filter(([edge]) => sight(edge)).map(([edge, label]) => {
    const w = Math.max(15, measure(label, font(LEAST, 600)) + 8);
    const box = firstFree(along(edge).map(({ x, y }) => ({ x: x - w / 2, y: y - 7.5, w, h: 15 })), taken, folded.has(edge));
    return box && { ...box, label, edge: edge.id, color: colorOfLine(rowOf(edge), sight(edge)), faint: isPassedOver(edge) };
  }).filter(Boolean);
}

const CROWD = 300; // among more lines, a name keeps clear of those that have names, and of no others

/** Return what is written on lines: how those are called that are pointed at, or of which there are few; that one is disputed. */
function notes(taken) {
  const visible = drawnLines(), active = visible.filter(spoken);
  const spelt = new Set(visible.length <= 15 ? visible : active.length <= 15 ? active : []);
  const isDisputed = (edge) => (folded.has(edge) ? fanOf.get(edge) : [edge]).some((one) => sight(one) === "disputed");
  const told = visible.map((edge) => ({ edge, disputed: isDisputed(edge) })).filter(({ edge, disputed }) => disputed || spelt.has(edge));
  const named = told.map(({ edge }) => edge), plain = named.length && visible.length <= CROWD ? visible.filter((edge) => !isPassedOver(edge)) : [];
  const courses = new Map([...new Set([...named, ...plain])].map((edge) => [edge, course(edge)]));
  const isOwn = (edge) => (box) => [...courses].every(([one, points]) => one === edge || !points.some((point) => within(box, point)));
  return told.map(({ edge, disputed }) => {
    const spots = along(edge);
    const spot = (label, beside, must) => {
      const w = measure(label, font(LEAST, disputed ? 650 : 400));
      const boxes = spots.flatMap(({ x, y }) => beside.map((up) => ({ x: x - w / 2 - 3, y: y + up, w: w + 6, h: 16 })));
      const box = firstFree(boxes, taken, must, isOwn(edge));
      return box && { ...box, label, disputed, edge: edge.id, faint: isPassedOver(edge) };
    };
    const label = [disputed && `⚠ ${word("disputed")}`, spelt.has(edge) && propertyOf(rowOf(edge).p)].filter(Boolean).join(" · ");
    return spot(label, [-8, -20, 4], disputed && spelt.has(edge)) ?? (disputed ? spot("⚠", [-8], true) : null);
  }).filter(Boolean);
}

// Lines run clear of what they do not join, where one of some bends lets them; parallel ones stay a fan

const BENDS = [...[0.3, 0.7, 0.1, 0.9].map((much) => ["horizontal", much]), ...[0.04, 0.08, 0.12, 0.16, 0.25, 0.4].flatMap((much) => [["curvedCW", much], ["curvedCCW", much]])];
const SAMPLES = 48, ASTRAY = 3;

/** Return the points on the screen that a line goes through, its ends left out. */
function course(edge) {
  const curve = network.body.edges[edge.id]?.edgeType;
  return curve ? Array.from({ length: SAMPLES - 1 }, (_, i) => network.canvasToDOM(curve.getPoint((i + 1) / SAMPLES))) : [];
}

/** Whether a line leaves the canvas while all things are on it. */
function strays(edge) {
  const { clientWidth, clientHeight } = byId("canvas"), whole = { x: 0, y: 0, w: clientWidth, h: clientHeight };
  return !state.moved && course(edge).some((point) => !within(whole, point));
}

/** Return behind how many things a line passes that it does not join. */
function passed(edge, boxes) {
  const hidden = new Set();
  for (const point of course(edge)) for (const box of boxes) if (within(box, point) && box.id !== edge.from && box.id !== edge.to) hidden.add(box.id);
  return hidden.size;
}

let routed = "";
function route() {
  const key = [network.getScale(), stretch.x, stretch.y, shown.size, state.lang].join(" ");
  if (key === routed) return; // nothing stands elsewhere than before
  routed = key;
  const boxes = entities.filter((node) => shown.has(node.id)).map(glyphBox);
  const alone = lines.filter((edge) => visEdges.get(edge.id) && fanOf.get(edge).length === 1 && edge.from !== edge.to);
  visEdges.update(alone.map((edge) => {
    let least = Infinity, best = null;
    for (const bend of [edge.bend, ...BENDS]) {
      network.body.edges[edge.id].setOptions({ smooth: smooth(bend) });
      const count = passed(edge, boxes) + ASTRAY * strays(edge);
      if (count < least) [least, best] = [count, bend];
      if (!least) break;
    }
    return { id: edge.id, smooth: smooth(best) };
  }));
}
