// The data, and the tables that all else reads. What the data and the address bar say is untrusted.

const page = JSON.parse(await unpacked("data"));
const table = (name) => new Map(Object.entries(page[name] ?? {}));
const [things, classes, properties, concepts, documents, claims, rules] = ["things", "classes", "properties", "concepts", "documents", "claims", "rules"].map(table);
const nodes = new Map((page.nodes ?? []).map((node) => [node.id, node]));
const edges = new Map((page.edges ?? []).map((edge) => [edge.id, edge]));
// Empty lists are left out of the data.
const whole = (conflict) => ({ about: [], arithmetic: [], remarks: [], ...conflict, sides: (conflict.sides ?? []).map((side) => ({ says: [], ...side })) });
const conflicts = (page.conflicts ?? []).map(whole);
const variations = (page.variations ?? []).map(whole);
const languages = page.languages ?? [page.lang];

const statements = (page.statements ?? []).map((row, number) => ({ ...row, number, claims: row.claims ?? [], from: row.from ?? [], states: (row.states ?? []).map((held) => ({ claims: [], events: [], ...held })) }));
const about = grouping(statements, (row) => row.s);
const naming = grouping(statements.filter((row) => row.link), (row) => row.o);
edges.forEach((edge) => { statements[edge.statement].edge = edge.id; });

const isSame = (one, other) => one.s === other.s && one.p === other.p && one.o === other.o;
const statementOf = (said) => (about.get(said.s) ?? []).find((row) => isSame(row, said));

const NAMING = new Set(["skos:prefLabel", "skos:altLabel"]);
/** Give everything the names that are told, and by language the one by which it is shown; what has none of those keeps its own. */
function call(isTold) {
  for (const [id, thing] of things) {
    const all = (about.get(id) ?? []).filter((row) => NAMING.has(row.p)), told = all.filter(isTold);
    const rows = told.some((row) => row.p === "skos:prefLabel") ? told : all;
    thing.names = rows.map((row) => [row.o, row.lang ?? ""]);
    thing.label = {};
    for (const row of rows) if (row.p === "skos:prefLabel") thing.label[row.lang ?? ""] ??= row.o;
  }
}
call(() => true);

// What the reader has chosen: a thing, a statement, a day as of which to look; and how to look at it.
const state = { tab: "network", node: null, statement: null, hover: null, asof: null, past: false, values: false, lang: page.lang, theme: "", themed: false, off: new Set(), found: new Set(), filter: "", sort: null, moved: false };

function grouping(rows, key) {
  const groups = new Map();
  for (const row of rows) {
    const at = key(row);
    if (groups.has(at)) groups.get(at).push(row);
    else groups.set(at, [row]);
  }
  return groups;
}

const grouped = (rows, key) => [...grouping(rows, key)];
const isDrawn = (id) => nodes.has(id);
const isEvent = (id) => Boolean(nodes.get(id)?.event);
