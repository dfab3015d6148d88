// What is seen: things whose class is not switched off, and the lines between them that hold as of the day.

const entities = [...nodes.values()].filter((node) => !node.event);
const shown = new Set(entities.filter((node) => node.x !== undefined).map((node) => node.id));
const clsOf = (node) => things.get(node.id).cls;
const troubled = new Set(); // things about which there is a conflict

const around = new Map([...nodes.keys()].map((id) => [id, new Set()]));
const edgesOf = new Map([...nodes.keys()].map((id) => [id, []]));
edges.forEach((edge) => [[edge.from, edge.to], [edge.to, edge.from]].forEach(([one, other]) => { around.get(one).add(other); edgesOf.get(one).push(edge); }));
const touches = (edge, id) => edge.from === id || edge.to === id;
const silent = new Set(); // things of which nobody speaks without the documents that are switched off
const off = (id) => state.off.has(things.get(id)?.cls) || silent.has(id);
const seen = (id) => shown.has(id) && !off(id);
const threads = new Set([...edges.values()].filter((edge) => isEvent(edge.from) || isEvent(edge.to)));
const lines = [...edges.values()].filter((edge) => !threads.has(edge));
const rowOf = (edge) => statements[edge.statement];
const citedBy = (row) => [...row.claims, ...row.states.flatMap((held) => held.claims)];

const isMute = (claim) => state.off.has(claims.get(claim)?.document);
const heard = (cited) => cited.filter((claim) => !isMute(claim));
/** Return the states of a statement that anybody tells without the documents that are switched off. */
const heldOf = (row) => row.states.filter(({ claims: cited }) => !cited.length || heard(cited).length);
const isFiltered = (row) => state.off.has(row.p) || isUnsaid(row);

/** Whether nobody says a statement without the documents that are switched off; what follows falls with what it follows from. */
function isUnsaid(row, asked = new Set()) {
  if (row.from.length) return !asked.has(row) && row.from.map(statementOf).some((one) => one && isUnsaid(one, asked.add(row)));
  const cited = citedBy(row);
  return cited.length > 0 && cited.every(isMute);
}

/** Work out anew who is silent, what things are called, and which conflicts are left, with the documents that are switched off. */
function heed() {
  silent.clear();
  troubled.clear();
  call((row) => !isUnsaid(row));
  if ([...documents.keys()].some((id) => state.off.has(id))) for (const [id] of things) {
    const rows = [...about.get(id) ?? [], ...(naming.get(id) ?? [])];
    if (rows.length && rows.every((row) => isUnsaid(row))) silent.add(id);
  }
  conflicts.filter(stands).forEach((conflict) => conflict.about.forEach((id) => troubled.add(id)));
}

/** Whether there is still something against something else, or a passage that the conflict is in. */
function stands({ sides }) {
  const left = sides.filter(({ claim }) => !isMute(claim)).length;
  return left >= Math.min(2, sides.length);
}

/** Return how a line is seen as of the day, one of LEVELS and "ended", "notyet", "claimed"; null where it is not. */
function sight(edge) {
  const row = rowOf(edge);
  if (!seen(edge.from) || !seen(edge.to) || isFiltered(row)) return null;
  const level = standing(row);
  return isThere(row) ? level : null;
}

/** Whether a statement is shown as of the day: it holds then, or what has ended and is still to come is shown, too. */
function isThere(row) {
  return holds(standing(row)) || !state.asof || state.past;
}

const seenLines = () => lines.filter(sight).map((edge) => ({ ...rowOf(edge), level: sight(edge) }));
const spoken = (edge) => edge.statement === state.statement || [state.node, state.hover].some((id) => id && touches(edge, id));

function lit(id) {
  if (state.statement !== null) { const { s, o } = statements[state.statement]; return s === id || o === id; }
  if (!state.node || id === state.node || off(state.node)) return true;
  if (isAside(state.node)) return [...about.get(state.node) ?? []].some(({ o }) => o === id) || [...naming.get(state.node) ?? []].some(({ s }) => s === id);
  return Boolean(around.get(state.node)?.has(id)) && edgesOf.get(state.node).some((edge) => touches(edge, id) && !isFiltered(rowOf(edge)));
}
